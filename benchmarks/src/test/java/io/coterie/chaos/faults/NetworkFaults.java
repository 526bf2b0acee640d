package io.coterie.chaos.faults;

import io.coterie.chaos.cluster.ChaosCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections between nodes are cut, slowed down and reset. */
public final class NetworkFaults extends Faults {
    private static final int MAX_FLAPS = 8;
    private static final long SLOW_BYTES_PER_SECOND = 8 << 10;

    public NetworkFaults(ChaosCluster cluster, Story story, long seed) {
        super(cluster, story, seed);
    }

    @Override
    String strike() throws InterruptedException {
        String what = begin(random.nextInt(12));
        Duration time = millis(200, 3000);
        rest(time);
        cluster.network().healAll();
        return what + " for " + seconds(time);
    }

    private String begin(int kind) throws InterruptedException {
        List<String> mixed = shuffled(cluster.replicas());
        String one = mixed.get(0);
        String other = mixed.get(1);
        return switch (kind) {
            case 0 -> isolate(one);
            case 1 -> split(mixed);
            case 2 -> bridge(mixed);
            case 3 -> oneWay(one, other);
            case 4 -> flap(one, other);
            case 5 -> late(one, other);
            case 6 -> narrow(one, other);
            case 7 -> reset(mixed);
            case 8 -> mute(one);
            case 9, 10 -> deafen();
            default -> cutClient(one);
        };
    }

    private String isolate(String name) {
        cluster.network().isolate(name);
        return "isolate " + name;
    }

    private String split(List<String> mixed) {
        int half = mixed.size() / 2;
        cluster.network().cut(mixed.subList(0, half), mixed.subList(half, mixed.size()));
        return "split " + mixed.subList(0, half) + " from " + mixed.subList(half, mixed.size());
    }

    /** Two halves that share one node. */
    private String bridge(List<String> mixed) {
        int half = mixed.size() / 2;
        cluster.network().cut(mixed.subList(0, half), mixed.subList(half + 1, mixed.size()));
        return "bridge " + mixed.get(half) + " between " + mixed.subList(0, half) + " and the others";
    }

    private String oneWay(String from, String to) {
        cluster.network().cutOneWay(from, to);
        return "cut " + from + " to " + to + " one way";
    }

    private String mute(String replica) {
        cluster.network().nodes().forEach(other -> cluster.network().cutOneWay(replica, other));
        return "mute " + replica;
    }

    /** A deaf node never learns that its requests were executed. */
    private String deafen() {
        List<String> running = new ArrayList<>(cluster.replicas());
        running.addAll(cluster.clients().keySet());
        String node = shuffled(running).get(0);
        cluster.network().nodes().forEach(other -> cluster.network().cutOneWay(other, node));
        return "deafen " + node;
    }

    private String flap(String one, String other) throws InterruptedException {
        int flaps = 1 + random.nextInt(MAX_FLAPS);
        for (int i = 0; i < flaps; i++) {
            cluster.network().cut(one, other);
            rest(millis(50, 300));
            cluster.network().reconnect(one, other);
            rest(millis(50, 300));
        }
        return "flap " + one + " and " + other + " " + flaps + " times";
    }

    private String late(String one, String other) {
        Duration delay = millis(5, 300);
        cluster.network().slow(one, other, delay.toNanos(), Long.MAX_VALUE);
        return one + " and " + other + " are " + seconds(delay) + " apart";
    }

    private String narrow(String one, String other) {
        cluster.network().slow(one, other, TimeUnit.MILLISECONDS.toNanos(1), SLOW_BYTES_PER_SECOND);
        return SLOW_BYTES_PER_SECOND + " bytes/s between " + one + " and " + other;
    }

    private String reset(List<String> mixed) {
        String one = mixed.get(0);
        mixed.subList(1, mixed.size()).forEach(other -> cluster.network().reset(one, other));
        return "reset " + one;
    }

    private String cutClient(String replica) {
        String client = shuffled(List.copyOf(cluster.clients().keySet())).get(0);
        cluster.network().cut(client, replica);
        return "cut client " + client + " from " + replica;
    }
}
