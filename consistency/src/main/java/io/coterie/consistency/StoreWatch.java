package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.Quorums;
import io.coterie.replication.RecordKey;
import io.coterie.replication.Replication;
import io.coterie.replication.ScannedKey;
import io.coterie.replication.WatchAnswer;
import io.coterie.replication.WatchRequest;
import io.coterie.rpc.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Watches one key, or all with a prefix. Each replica is asked all the time for what it accepts. When a replica begins to
 * tell, or has not told all, what is chosen is read: of a majority of replicas that tell by then, so that of each state that
 * is chosen, then or later, at least one of them is either found to have it or reports it. A report that no majority confirms
 * in time has its key read again.
 */
class StoreWatch implements KeyWatch {
    private static final long TICK_NANOS = Duration.ofMillis(50).toNanos();

    /** How many keys are remembered: of one that was forgotten, and is changed again, an old state may be told again. */
    private static final int MOST_KEYS = 100_000;

    private final int mostKeys;
    private final StoreContext context;
    private final PolicyStore store;
    private final Replication replication;
    private final byte[] prefix;
    private final boolean single;
    private final int majority;
    private final long name;
    private final WatchQueue queue;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final WatchedKeys keys;
    private final Set<WatchedKey> waiting = new LinkedHashSet<>();
    private final WatchLooks looks;
    private final int pageKeys;
    private final List<Source> sources = new ArrayList<>();
    private final Set<NodeId> telling = new LinkedHashSet<>();
    private boolean ticking;
    private boolean syncing;
    private boolean syncAgain;
    private boolean synced;
    private boolean forgot;
    private int syncs;
    private @Nullable WatchSweep sweep;

    /** Whether a replica has not told all since the last time that everything was read. */
    private boolean holes;

    /** What this watch knows of one replica. */
    private static final class Source {
        final NodeId replica;
        final int index;
        long life;
        long seen;
        int failures;

        Source(NodeId replica, int index) {
            this.replica = replica;
            this.index = index;
        }
    }

    StoreWatch(
            StoreContext context,
            PolicyStore store,
            byte[] prefix,
            boolean single,
            int queueBound,
            KeyListener listener,
            Runnable onClose) {
        this(context, store, prefix, single, queueBound, listener, onClose, MOST_KEYS);
    }

    /** @param mostKeys how many keys are remembered, except for those of which something is under way */
    StoreWatch(
            StoreContext context,
            PolicyStore store,
            byte[] prefix,
            boolean single,
            int queueBound,
            KeyListener listener,
            Runnable onClose,
            int mostKeys) {
        this.mostKeys = mostKeys;
        this.context = context;
        this.store = store;
        this.replication = context.replication();
        this.prefix = prefix;
        this.single = single;
        this.majority = Quorums.majority(replication.replicas().size());
        this.name = replication.world().random().nextLong();
        this.onClose = onClose;
        this.looks = new WatchLooks(this::room, this::read);
        this.keys = new WatchedKeys(mostKeys, key -> key.queued > 0 || looks.isUnderWay(key), this::forgotten);
        this.queue = new WatchQueue(
                replication.world().scheduler(),
                context.userCode(),
                listener,
                "a watch of store \"" + context.store().name() + "\"",
                queueBound,
                new WatchQueue.Feedback() {
                    @Override
                    public void lost(WatchedKey key) {
                        looks.want(key);
                    }

                    @Override
                    public void hasRoom() {
                        goOn();
                    }
                });
        // No page may push out keys of the one before it: each that is still to be told of has all read once more.
        this.pageKeys = Math.max(1, Math.min(WatchSweep.MOST_KEYS, Math.min(queueBound / 2, mostKeys / 8)));
    }

    void start() {
        for (NodeId replica : replication.replicas()) {
            Source source = new Source(replica, sources.size());
            sources.add(source);
            poll(source);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            queue.close();
            replication.world().scheduler().execute(onClose);
        }
    }

    /** A key that was never heard of. */
    WatchedKey newKey(byte[] key, boolean isNew) {
        return new WatchedKey(key, majority, isNew);
    }

    /** A replica has begun to tell, or has not told all. */
    void gap() {
        holes = true;
        keys.all().forEach(WatchedKey::gap);
        sync();
    }

    /** Whether all that is watched was read once. */
    boolean isSynced() {
        return synced;
    }

    boolean isClosed() {
        return closed.get();
    }

    private boolean isOpen() {
        return !closed.get();
    }

    private long now() {
        return replication.world().clock().nanos();
    }

    private void poll(Source source) {
        if (isOpen()) {
            WatchRequest request =
                    new WatchRequest(context.store().id(), prefix, single, name, source.life, source.seen);
            replication.watch(source.replica, request, answer -> answered(source, answer));
        }
    }

    private void answered(Source source, @Nullable WatchAnswer answer) {
        if (!isOpen()) {
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
        replication.world().scheduler().schedule(wait, () -> poll(source));
    }

    private void take(Source source, WatchAnswer answer) {
        boolean isGap = source.life != answer.life() || answer.first() > source.seen + 1;
        source.life = answer.life();
        source.seen = answer.first() + answer.events().size() - 1;
        telling.add(source.replica);
        for (ScannedKey event : answer.events()) {
            WatchedKey key = key(event.key());
            key.report(source.index, event.accepted(), event.state(), now());
            key.advance(now(), queue);
            await(key);
        }
        if (isGap) {
            gap();
        }
    }

    private WatchedKey key(byte[] bytes) {
        RecordKey recordKey = new RecordKey(context.store().id(), bytes);
        WatchedKey known = keys.get(recordKey);
        if (known == null) {
            known = newKey(bytes, synced);
            if (holes) {
                known.gap();
            }
            keys.put(recordKey, known);
        }
        return known;
    }

    /** Of a key that was still to be told of, only that is remembered: that all is to be read again. */
    private void forgotten(WatchedKey key) {
        waiting.remove(key);
        boolean wasWanted = looks.drop(key);
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

    /** Reads all that is watched, as soon as a majority tells of its changes. */
    private void sync() {
        if (syncing) {
            syncAgain = true;
        } else if (telling.size() >= majority) {
            syncing = true;
            holes = true;
            syncs++;
            syncAgain = false;
            if (single) {
                looks.beginNow(key(prefix));
            } else {
                sweep();
            }
        }
    }

    private Set<NodeId> telling() {
        return Set.copyOf(telling);
    }

    private void sweep() {
        Set<WatchedKey> gone = new LinkedHashSet<>();
        keys.all().stream().filter(WatchedKey::hasValue).forEach(gone::add);
        WatchSweep.Found found = new WatchSweep.Found() {
            @Override
            public int room() {
                // Keys that wait for their parents are not to be forgotten over those found after them.
                boolean manyWait = looks.wanted() >= pageKeys || waiting.size() >= mostKeys / 4;
                return !manyWait && StoreWatch.this.room() >= pageKeys ? pageKeys : 0;
            }

            @Override
            public void chosen(byte[] key, byte[] state) {
                WatchedKey known = key(key);
                gone.remove(known);
                known.observe(RegisterState.decode(state), queue, now());
                await(known);
            }

            @Override
            public void undecided(byte[] key) {
                WatchedKey known = key(key);
                gone.remove(known);
                looks.want(known);
            }

            @Override
            public void end() {
                gone.forEach(looks::want);
                syncEnded();
            }
        };
        sweep = new WatchSweep(replication, context.store().id(), prefix, this::telling, this::isOpen, found);
        sweep.start();
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

    /** How many more results the listener's queue has room for, those under way counted in. */
    private int room() {
        return queue.room() - looks.underWay();
    }

    /** There may be room for more to be read. */
    private void goOn() {
        if (isOpen()) {
            looks.goOn();
            WatchSweep current = sweep;
            if (current != null) {
                current.goOn();
            }
        }
    }

    private void read(WatchedKey key) {
        RecordKey recordKey = new RecordKey(context.store().id(), key.key);
        Ballot seen = key.seen();
        int partOf = single && syncing ? syncs : 0;
        new KeyLook(replication, store, recordKey, this::telling, this::isOpen, state -> {
                    if (state.version().equals(Ballot.NONE)) {
                        key.observeAbsence(seen, queue);
                    } else {
                        key.observe(state, queue, now());
                    }
                    await(key);
                    if (syncing && partOf == syncs) {
                        syncEnded();
                    }
                    if (key.lost && isOpen()) {
                        looks.want(key);
                    }
                    looks.ended(key);
                    goOn();
                })
                .start();
    }

    private void await(WatchedKey key) {
        if (key.isWaiting()) {
            waiting.add(key);
            if (!ticking) {
                ticking = true;
                replication.world().scheduler().schedule(TICK_NANOS, this::tick);
            }
        }
    }

    private void tick() {
        ticking = false;
        if (!isOpen()) {
            return;
        }
        List<WatchedKey> due = List.copyOf(waiting);
        waiting.clear();
        for (WatchedKey key : due) {
            key.advance(now(), queue);
            if (key.wantsLook(now()) && telling.size() >= majority && !looks.has(key)) {
                looks.want(key);
            }
            await(key);
        }
        goOn();
    }
}
