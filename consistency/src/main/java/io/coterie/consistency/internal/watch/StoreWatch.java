package io.coterie.consistency.internal.watch;

import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScannedKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Watches one key, or all with a prefix. Each replica is asked all the time for what it accepts.
 * When a replica begins to report, or has not reported all, what is chosen is read: at a majority
 * of the replicas that report by then, so that at least one of them is found to have, or reports,
 * each state that is chosen then or later. A report that no majority confirms in time has its key
 * read again.
 */
public final class StoreWatch implements KeyWatch {
    /**
     * How many keys are remembered, with those of all watches of the node: of one that was
     * forgotten, and is changed again, an old state may be delivered again.
     */
    private static final int MAX_KEYS = NodeMemory.MAX_REMEMBERED_KEYS;

    private final StoreContext context;
    private final ConsensusRules rules;
    private final PolicyStore store;
    private final NodeReplication replication;
    private final byte[] prefix;
    private final boolean single;
    private final WatchQueue queue;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final WatchedKeys keys;
    private final WaitingKeys waiting;
    private final PendingReads reads;
    private final int queueBound;
    private final ReplicaEvents replicaEvents;
    private boolean syncing;
    private boolean syncAgain;
    private boolean synced;
    private boolean forgot;
    private int syncs;
    private @Nullable PrefixResync resync;

    /** Whether a replica has not reported all since the last time that everything was read. */
    private boolean holes;

    public StoreWatch(
            StoreContext context,
            PolicyStore store,
            ConsensusRules rules,
            byte[] prefix,
            boolean single,
            int queueBound,
            KeyListener listener,
            Runnable onClose) {
        this(context, store, rules, prefix, single, queueBound, listener, onClose, MAX_KEYS);
    }

    /**
     * @param maxKeys how many keys are remembered, except for those of which something is in
     *     flight
     */
    public StoreWatch(
            StoreContext context,
            PolicyStore store,
            ConsensusRules rules,
            byte[] prefix,
            boolean single,
            int queueBound,
            KeyListener listener,
            Runnable onClose,
            int maxKeys) {
        this.context = context;
        this.rules = rules;
        this.store = store;
        this.replication = NodeReplication.of(context.loop());
        this.prefix = prefix;
        this.single = single;
        this.onClose = onClose;
        this.reads = new PendingReads(this::room, this::read);
        this.keys = new WatchedKeys(
                replication.memory(), maxKeys, key -> key.queued > 0 || reads.isInFlight(key), this::forgotten);
        this.queue = new WatchQueue(
                replication.memory(),
                replication.world().scheduler(),
                context.listeners(),
                listener,
                "a watch of store \"" + context.store().name() + "\"",
                queueBound,
                new WatchQueue.Feedback() {
                    @Override
                    public void lost(WatchedKey key) {
                        reads.want(key);
                    }

                    @Override
                    public void hasRoom() {
                        resume();
                    }
                });
        this.queueBound = queueBound;
        this.waiting = new WaitingKeys(replication.world().scheduler(), this::lookAt);
        ReplicaEvents.Reports reports = new ReplicaEvents.Reports() {
            @Override
            public void accepted(int replica, ScannedKey event) {
                reported(replica, event);
            }

            @Override
            public void gap() {
                StoreWatch.this.gap();
            }
        };
        this.replicaEvents =
                new ReplicaEvents(replication, context.store().id(), prefix, single, this::isOpen, reports);
    }

    public void start() {
        replicaEvents.start();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            queue.close();
            replication.world().scheduler().execute(() -> {
                queue.forget();
                keys.close();
                replicaEvents.end();
                onClose.run();
            });
        }
    }

    /**
     * Other replicas are to report. What some of those before have reported may never be confirmed,
     * so all is read.
     */
    public void votersChanged() {
        if (!isOpen()) {
            return;
        }
        replicaEvents.votersChanged();
        keys.all()
                .forEach(key ->
                        key.votersChanged(replication.voters(context.store().id())));
        replication.world().scheduler().execute(() -> {
            if (isOpen()) {
                gap();
            }
        });
    }

    /** A replica has begun to report, or has not reported all. */
    private void gap() {
        if (!rules.mustReadAfterGap(synced)) {
            return;
        }
        holes = true;
        keys.all().forEach(WatchedKey::gap);
        sync();
    }

    public boolean isClosed() {
        return closed.get();
    }

    private boolean isOpen() {
        return !closed.get();
    }

    private long now() {
        return replication.world().clock().nanos();
    }

    private void reported(int replica, ScannedKey event) {
        WatchedKey key = key(event.key());
        key.report(replica, event.accepted(), event.state(), now());
        key.advance(now(), queue);
        waiting.add(key);
    }

    private WatchedKey key(byte[] bytes) {
        RecordKey recordKey = new RecordKey(context.store().id(), bytes);
        WatchedKey known = keys.get(recordKey);
        if (known == null) {
            known = new WatchedKey(bytes, replication.voters(context.store().id()), rules, synced);
            if (holes) {
                known.gap();
            }
            keys.put(recordKey, known);
        }
        return known;
    }

    /**
     * A key was forgotten. If something of it was still to be delivered, all is read again.
     */
    private void forgotten(WatchedKey key) {
        waiting.remove(key);
        boolean wasWanted = reads.drop(key);
        if (wasWanted || !key.isIdle()) {
            holes = true;
            if (!forgot) {
                forgot = true;
                replication.world().scheduler().schedule(0, () -> {
                    forgot = false;
                    sync();
                });
            }
        }
    }

    /** Reads all that is watched, as soon as a majority reports its changes. */
    private void sync() {
        if (syncing) {
            syncAgain = true;
        } else if (replicaEvents.areEnough()) {
            syncing = true;
            holes = true;
            syncs++;
            syncAgain = false;
            if (single) {
                reads.beginNow(key(prefix));
            } else {
                resync();
            }
        }
    }

    private void resync() {
        Set<WatchedKey> gone = new LinkedHashSet<>();
        keys.all().stream().filter(WatchedKey::hasValue).forEach(gone::add);
        PrefixResync.Found found = new PrefixResync.Found() {
            @Override
            public int room() {
                // Keys that wait for their parents are not to be forgotten over those found after
                // them.
                int pageKeys = pageKeys();
                boolean manyWait = reads.wanted() >= pageKeys || waiting.size() >= keys.capacity() / 4;
                return !manyWait && StoreWatch.this.room() >= pageKeys ? pageKeys : 0;
            }

            @Override
            public void chosen(byte[] key, byte[] state) {
                WatchedKey known = key(key);
                gone.remove(known);
                known.observe(RegisterState.decode(state), queue, now());
                waiting.add(known);
            }

            @Override
            public void undecided(byte[] key) {
                WatchedKey known = key(key);
                gone.remove(known);
                reads.want(known);
            }

            @Override
            public void end() {
                gone.forEach(reads::want);
                syncEnded();
            }
        };
        resync = new PrefixResync(
                replication, rules, context.store().id(), prefix, replicaEvents::reporting, this::isOpen, found);
        resync.start();
    }

    /**
     * No page may push out keys of the one before it: each that is still to be delivered would have
     * all read once more.
     */
    private int pageKeys() {
        return Math.max(1, Math.min(PrefixResync.MAX_KEYS, Math.min(queueBound / 2, keys.capacity() / 8)));
    }

    private void syncEnded() {
        syncing = false;
        synced = true;
        if (syncAgain) {
            sync();
        } else {
            holes = false;
        }
    }

    /** How many more results the listener's queue has room for, those in flight included. */
    private int room() {
        return queue.room() - reads.inFlight();
    }

    /** There may be room for more to be read. */
    private void resume() {
        if (isOpen()) {
            reads.resume();
            PrefixResync current = resync;
            if (current != null) {
                current.resume();
            }
        }
    }

    private void read(WatchedKey key) {
        RecordKey recordKey = new RecordKey(context.store().id(), key.key);
        Ballot seen = key.seen();
        int partOf = single && syncing ? syncs : 0;
        new VersionedRead(replication, rules, store, recordKey, replicaEvents::reporting, this::isOpen, state -> {
                    if (state.version().equals(Ballot.NONE)) {
                        key.observeAbsence(seen, queue);
                    } else {
                        key.observe(state, queue, now());
                    }
                    waiting.add(key);
                    if (syncing && partOf == syncs) {
                        syncEnded();
                    }
                    if (key.lost && isOpen()) {
                        reads.want(key);
                    }
                    reads.ended(key);
                    resume();
                })
                .start();
    }

    /** Looks at keys that waited for a report: it may have come, or has not come in time. */
    private void lookAt(List<WatchedKey> due) {
        if (!isOpen()) {
            return;
        }
        for (WatchedKey key : due) {
            key.advance(now(), queue);
            if (key.wantsRead(now()) && replicaEvents.areEnough() && !reads.has(key)) {
                reads.want(key);
            }
            waiting.add(key);
        }
        resume();
    }
}
