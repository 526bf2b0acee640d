package io.coterie.consistency.internal.watch;

import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks each replica for what it accepts, again and again, and repeats a request that gets no
 * answer.
 */
final class ReplicaEvents {
    /** After a failure of this node's own. */
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private final NodeReplication replication;
    private final long store;
    private final byte[] prefix;
    private final boolean single;
    private final BooleanSupplier isWanted;
    private final Reports reports;
    private final long name;
    private final Set<NodeId> reporting = new LinkedHashSet<>();
    private final Map<NodeId, Source> sources = new LinkedHashMap<>();

    /** Gets the reports of the replicas. */
    interface Reports {
        /** The replica of that place has accepted something. */
        void accepted(int replica, ScannedKey event);

        /**
         * A replica has begun to report, or events of it are missing. Called after the events that
         * it did report.
         */
        void gap();
    }

    /** One replica, and how far it has reported. */
    private final class Source {
        final NodeId replica;
        final Repetition polls;
        int index;
        long watchStart;
        long seen;
        int failures;

        Source(NodeId replica) {
            this.replica = replica;
            this.polls = new Repetition(replication.world().scheduler(), PAUSE_NANOS, () -> poll(this));
        }
    }

    /**
     * Asks nobody yet.
     *
     * @param prefix what the keys begin with; or the one key
     * @param isWanted once false, nothing more is asked or reported
     */
    ReplicaEvents(
            NodeReplication replication,
            long store,
            byte[] prefix,
            boolean single,
            BooleanSupplier isWanted,
            Reports reports) {
        this.replication = replication;
        this.store = store;
        this.prefix = prefix;
        this.single = single;
        this.isWanted = isWanted;
        this.reports = reports;
        this.name = replication.world().random().nextLong();
    }

    void start() {
        number();
        sources.values().forEach(source -> source.polls.guard(() -> poll(source)));
    }

    /** Makes the replicas the sources, under their indexes. Returns those that are new. */
    private List<Source> number() {
        List<NodeId> replicas = replication.replicas();
        List<Source> added = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            Source source = sources.get(replicas.get(i));
            if (source == null) {
                source = new Source(replicas.get(i));
                sources.put(source.replica, source);
                added.add(source);
            }
            source.index = i;
        }
        return added;
    }

    /** Asks those replicas only that are there now. They begin to report with a gap. */
    void votersChanged() {
        Set<NodeId> gone = new LinkedHashSet<>(sources.keySet());
        gone.removeAll(Set.copyOf(replication.replicas()));
        gone.forEach(replica -> {
            sources.remove(replica);
            reporting.remove(replica);
        });
        List<Source> added = number();
        replication.world().scheduler().execute(() -> {
            gone.forEach(this::end);
            added.forEach(source -> source.polls.guard(() -> poll(source)));
        });
    }

    /**
     * Has the replicas forget the watch. Where that is lost, they do so when they were not asked
     * for a while.
     */
    void end() {
        sources.keySet().forEach(this::end);
    }

    private void end(NodeId replica) {
        replication.watch(replica, WatchRequest.end(store, prefix, single, name), answer -> {});
    }

    private boolean isWanted(Source source) {
        return isWanted.getAsBoolean() && source.equals(sources.get(source.replica));
    }

    /** Those that have reported something: from then on they report all, or that they did not. */
    Set<NodeId> reporting() {
        return Set.copyOf(reporting);
    }

    /** Whether so many report that that no state can be chosen unnoticed. */
    boolean areEnough() {
        Voters voters = replication.voters(store);
        return voters.isReadQuorum(reporting.stream().mapToLong(voters::bit).sum());
    }

    private void poll(Source source) {
        if (isWanted(source)) {
            WatchRequest request = new WatchRequest(store, prefix, single, name, source.watchStart, source.seen);
            replication.watch(source.replica, request, answer -> source.polls.guard(() -> answered(source, answer)));
        }
    }

    private void answered(Source source, @Nullable WatchAnswer answer) {
        if (!isWanted(source)) {
            return;
        }
        long wait = 0;
        if (answer == null) {
            source.failures++;
            wait = replication
                    .retry()
                    .backoffNanos(source.failures, replication.world().random());
        } else {
            source.failures = 0;
            take(source, answer);
        }
        source.polls.in(wait);
    }

    private void take(Source source, WatchAnswer answer) {
        boolean isGap = source.watchStart != answer.start() || answer.first() > source.seen + 1;
        source.watchStart = answer.start();
        source.seen = answer.first() + answer.events().size() - 1;
        reporting.add(source.replica);
        for (ScannedKey event : answer.events()) {
            reports.accepted(source.index, event);
        }
        if (isGap) {
            reports.gap();
        }
    }
}
