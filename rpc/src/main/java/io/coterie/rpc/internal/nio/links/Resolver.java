package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.spi.Scheduler;
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

/**
 * Looks up host names. It does so off the loop, because a lookup blocks, and anew each time,
 * because addresses change.
 */
final class Resolver implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Resolver.class);
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");
    private static final int THREADS = 4;

    private final String name;
    private final Scheduler loop;
    private final LookUp lookUp;
    private final ThreadPoolExecutor threads;

    /** Hosts whose last lookup failed for another reason than an unknown name. */
    private final Set<String> failedHosts = ConcurrentHashMap.newKeySet();

    /** Asks the system for the addresses of a host, at least one. */
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
     * @param turn which of several addresses to take: with the next one each time, one that works
     *     is reached
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
            // Nobody else would see it, and the dialer would wait for ever.
            if (failedHosts.add(address.host())) {
                log.warn(
                        "{}: cannot look up host {}; it keeps trying. Check the name resolution of this machine",
                        name,
                        address.host(),
                        e);
            }
            return null;
        }
    }
}
