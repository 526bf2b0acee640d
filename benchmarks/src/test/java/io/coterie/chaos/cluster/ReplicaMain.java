package io.coterie.chaos.cluster;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.OwnWays;
import io.coterie.SettableClock;
import io.coterie.chaos.callers.Callers;
import io.coterie.chaos.callers.ChaosHistory;
import io.coterie.chaos.callers.EventualValues;
import io.coterie.chaos.load.LoadLog;
import io.coterie.chaos.load.SteadyLoad;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.error.ListenException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A replica as a process, with callers in it. It obeys lines on standard input and answers in lines
 * on standard output; {@link ReplicaProcess} is the other end. It ends by itself, without cleaning
 * up, when that end is gone.
 */
final class ReplicaMain {
    static final String CLUSTER = "chaos";

    private static final int PORT_DRAWS = 20;
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private final Coterie node;
    private final SettableClock clock;
    private final Callers callers;
    private final SteadyLoad load;
    private final MemberOrders members;

    private ReplicaMain(String start, Coterie node, SettableClock clock) {
        this.node = node;
        this.clock = clock;
        this.callers = new Callers(start, node, ChaosHistory.inLines(ReplicaMain::say));
        this.load = new SteadyLoad(node, new LoadLog.Writer(ReplicaMain::say));
        this.members = new MemberOrders(node, ReplicaMain::say);
    }

    /**
     * Runs a replica.
     *
     * @param args its name, the number of its start, its directory, how long its operations are
     *     tried, the names of its list with commas between them, and each replica as {@code
     *     name=address}
     */
    public static void main(String[] args) throws IOException {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            error.printStackTrace();
            say("unexpected " + args[0] + ", " + thread.getName() + ": " + error);
        });
        String name = args[0];
        Map<String, String> ways = new LinkedHashMap<>();
        for (String replica : Arrays.asList(args).subList(5, args.length)) {
            String[] parts = replica.split("=", 2);
            ways.put(parts[0], parts[1]);
        }
        SettableClock clock = new SettableClock();
        startAnywhere(port -> {
            CoterieBuilder builder = OwnWays.on(clock.on(Coterie.builder()), ways)
                    .cluster(CLUSTER)
                    .self(name)
                    .bind("127.0.0.1:" + port)
                    .storage(Storage.directory(Path.of(args[2])))
                    .operationTimeout(Duration.parse(args[3]));
            for (String replica : args[4].split(",", -1)) {
                builder.replica(replica, ways.get(replica));
            }
            Coterie node = builder.start();
            say("ready " + port);
            new ReplicaMain(name + args[1], node, clock).obey();
        });
    }

    /**
     * Other nodes reach this one through proxies, which learn its port, so that any port will do.
     * Ports below those that systems assign to outgoing connections are seldom taken.
     */
    private static void startAnywhere(Start start) throws IOException {
        for (int i = 1; ; i++) {
            try {
                start.at(ThreadLocalRandom.current().nextInt(15_000, 32_000));
                return;
            } catch (ListenException taken) {
                if (i == PORT_DRAWS) {
                    throw taken;
                }
            }
        }
    }

    private interface Start {
        void at(int port) throws IOException;
    }

    private void obey() throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            switch (words[0]) {
                case "time" -> say("time " + System.nanoTime());
                case "call" ->
                    callers.start(Long.parseLong(words[1]), Long.parseLong(words[2]), Integer.parseInt(words[3]));
                case "read" ->
                    callers.readBack(
                            Arrays.asList(words).subList(2, words.length),
                            Long.parseLong(words[1]),
                            left -> say("unread " + String.join(" ", left)));
                case "load" -> load.start(Integer.parseInt(words[1]));
                case "clock" -> clock.setAhead(Long.parseLong(words[1]));
                case "put" -> say("put " + new EventualValues(node).put(words[1], words[2]));
                case "get" -> say("got " + new EventualValues(node).get(words[1]));
                case "change" -> members.begin(words);
                case "abort" -> members.abort();
                case "stop" -> {
                    node.close();
                    Runtime.getRuntime().halt(0);
                }
                default -> throw new IllegalArgumentException("no order is " + order);
            }
        }
        Runtime.getRuntime().halt(1);
    }

    /**
     * Writes a line in one write, so that it arrives as a whole or not at all if this process is
     * killed.
     */
    static synchronized void say(String line) {
        try {
            OUT.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
