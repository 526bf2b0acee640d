package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.HostPort;
import io.coterie.rpc.Scheduler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks host names up off the loop, because that blocks, and anew each time, because addresses change. */
final class Resolver implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Resolver.class);
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");
    private static final int THREADS = 4;

    private final String name;
    private final Scheduler loop;
    private final LookUp lookUp;
    private final ThreadPoolExecutor threads;

    /** Hosts whose look-up failed, other than that the name is not known, since it went well last. */
    private final Set<String> failedHosts = ConcurrentHashMap.newKeySet();

    /** Asks the system for the addresses of a host; one at least. */
    interface LookUp {
        InetAddress[] all(String host) throws UnknownHostException;
    }

    Resolver(String name, Scheduler loop, LookUp lookUp) {
        this.name = name;
        this.loop = loop;
        this.lookUp = lookUp;
        this.threads =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Looks an address up.
     *
     * @param turn which of several addresses to take: the next one each time reaches one that works
     * @param found gets it on the loop, or null if the name is not known, or cannot be looked up
     */
    void resolve(HostPort address, int turn, Consumer<@Nullable InetSocketAddress> found) {
        if (LITERAL.matcher(address.host()).matches()) {
            found.accept(lookUp(address, turn));
            return;
        }
        try {
            threads.execute(() -> {
                InetSocketAddress result = lookUp(address, turn);
                loop.execute(() -> found.accept(result));
            });
        } catch (RejectedExecutionException e) {
            // Closed meanwhile: nobody waits for an answer.
            return;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private @Nullable InetSocketAddress lookUp(HostPort address, int turn) {
        try {
            InetAddress[] all = lookUp.all(address.host());
            InetSocketAddress result = new InetSocketAddress(all[Math.floorMod(turn, all.length)], address.port());
            failedHosts.remove(address.host());
            return result;
        } catch (UnknownHostException e) {
            return null;
        } catch (Throwable e) {
            // Nobody else would see it, and whoever waits for the answer would wait for ever.
            if (failedHosts.add(address.host())) {
                log.warn(
                        "{}: the look-up of host {} failed, and goes on to be tried; look at what resolves names here",
                        name,
                        address.host(),
                        e);
            }
            return null;
        }
    }
}
