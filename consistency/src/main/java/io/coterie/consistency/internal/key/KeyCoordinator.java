package io.coterie.consistency.internal.key;

import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.consistency.internal.round.Forwarding;
import io.coterie.consistency.internal.round.ProposeRound;
import io.coterie.consistency.internal.round.QuorumRead;
import io.coterie.consistency.internal.round.ReaderRound;
import io.coterie.consistency.internal.round.Round;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node's operations on one key: a queue, at most one round in flight, and the promise that is
 * cached from the last round. All that queues up during a round shares the next one, so a hot key
 * costs rounds, not operations.
 */
public final class KeyCoordinator extends KeyQueue implements StrongOperation.Queue {
    /**
     * For how long another node's round shows that the key is contended: several times what one
     * through the home takes.
     */
    private static final int CONTENDED_ROUND_TRIPS = 20;

    private static final Duration MIN_CONTENDED = Duration.ofMillis(200);

    /**
     * For how long another node's batch shows its home that the key is shared: less, as it hears of
     * all of them.
     */
    private static final int SHARED_ROUND_TRIPS = 10;

    private static final Duration MIN_SHARED = Duration.ofMillis(100);
    private static final int HOME_ROUND_TRIPS = 20;
    private static final Duration MIN_HOME = Duration.ofSeconds(1);

    private final KeyContext context;

    /** The next key in a chain of the {@link KeyTable}, which alone sets this. */
    @Nullable
    KeyCoordinator next;

    private @Nullable Round round;

    /** Null until something was read while a function was called. */
    private @Nullable ReadsAside aside;

    private int weight;

    /** Null until another node changes the key, too. */
    private @Nullable Contention contention;

    /** Whether the next round waits for another node that has a reservation. */
    private boolean waits;

    /** Whether the next round begins later in this turn of the loop. */
    private boolean starts;

    /** When another node took this one for the key's home last. */
    private long forwardedAt;

    /** Whether it was used since the store last looked for keys to forget. */
    private boolean used;

    /**
     * When this key last made progress: a majority answered, or a round or a wait for a reservation
     * ended. Only nodes that take this one for the key's home ask for it.
     */
    private long progressedAt;

    public KeyCoordinator(KeyContext context, RecordKey key) {
        super(key);
        this.context = context;
    }

    public void add(StrongOperation operation) {
        if (operation.isForwarded()) {
            forwardedAt = context.now();
            if (reservations == null) {
                reservations = new UpdateReservations();
                progressedAt = forwardedAt;
            }
        }
        boolean mayBegin = context.hasQuorums();
        if (mayBegin && round == null && reservations == null && isQueueEmpty() && !isContended()) {
            start(new Batch(List.of(operation)));
            return;
        }
        if (mayBegin && round != null && round.isInUserCode() && operation.isOwnRead()) {
            readAside(List.of(operation));
            return;
        }
        enqueue(operation);
        if (!mayBegin) {
            // Now, and not when the round in flight is over: that may take its whole time.
            context.awaitMajority(this);
        } else if (round == null && (operation.isForwarded() || !waits)) {
            startSoon();
        }
    }

    /** It is used, and so kept for longer. */
    public void use() {
        used = true;
    }

    /** Whether it was used since this was asked last. */
    public boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    public boolean isIdle() {
        return round == null && isQueueEmpty() && (aside == null || aside.isIdle());
    }

    public boolean isWorthKeeping() {
        return weight > 0;
    }

    /** Forgets its cached promise, and that other nodes change the key. */
    public void forget() {
        contention = null;
        forgetPromise();
        weigh();
    }

    /** Ends the round in flight and reports to nobody. */
    public void stop() {
        Round current = round;
        if (current != null) {
            current.abandon();
        }
        if (aside != null) {
            aside.stop();
        }
    }

    @Override
    protected void functionsCalled() {
        if (!context.hasQuorums()) {
            return;
        }
        List<StrongOperation> reads = takeReads();
        if (!reads.isEmpty()) {
            readAside(reads);
        }
    }

    @Override
    protected boolean isHome() {
        return reservations != null
                && context.now() - forwardedAt < context.backoff().nanosOf(HOME_ROUND_TRIPS, MIN_HOME);
    }

    @Override
    protected void progressed() {
        if (reservations != null) {
            progressedAt = context.now();
        }
    }

    /**
     * Whether a majority has answered within that time. A wait for another node's reservation
     * counts as progress, and so does a round that conflicts have delayed: it would not help if
     * other nodes began rounds of their own.
     */
    public boolean hasProgressedWithin(long nanos) {
        return waits || context.now() - progressedAt < nanos;
    }

    /** Whether a batch of another node waits here, or is part of the round in flight. */
    public boolean has(long origin, long timestamp) {
        Round current = round;
        return isWaiting(origin, timestamp)
                || (current != null && isAmong(current.batch.operations(), origin, timestamp));
    }

    /** Whether other nodes change the key, too, as far as this one is their home. */
    public boolean isShared() {
        return reservations != null
                && reservations.isShared(context.now(), context.backoff().nanosOf(SHARED_ROUND_TRIPS, MIN_SHARED));
    }

    @Override
    protected void homeAnswered(boolean shared) {
        if (shared) {
            met(context.now());
        } else if (contention != null) {
            contention.over();
        }
    }

    @Override
    protected void contended(long now) {
        met(now);
        weigh();
    }

    @Override
    protected void cachePromise(Voters voters, Ballot ballot, RegisterState chosen) {
        super.cachePromise(voters, ballot, chosen);
        weigh();
    }

    @Override
    protected boolean canForward(Batch batch) {
        NodeId home = context.homes().of(this);
        if (home == null
                || context.replication().isReadOnly()
                || home.equals(context.replication().self())
                || batch.stays()
                || batch.hasForwarded()) {
            return false;
        }
        Batch.Sent sent = batch.sent();
        if (sent != null) {
            return true;
        }
        if (batch.hasEndedUnapplied() || (batch.hasUserCode() && batch.mayBeApplied())) {
            return false;
        }
        long bytes = 0;
        for (StrongOperation pending : batch.operations()) {
            bytes += StrongCommand.bytesOf(pending.operation());
        }
        return batch.hasUserCode()
                || (batch.operations().size() <= StrongCommand.MAX_IN_A_BATCH && context.fits(bytes));
    }

    @Override
    protected void continueWith(Round before, Round next) {
        if (aside != null && aside.isRound(before)) {
            aside.continueWith(next);
            return;
        }
        if (round != null) {
            round.abandon();
            next.follow(round);
        }
        round = next;
        next.start();
    }

    @Override
    protected void continueAtHome(Round before) {
        continueWith(before, newForwarding(before.batch));
    }

    @Override
    protected void continueHere(Round before) {
        continueWith(before, newRound(before.batch));
    }

    @Override
    protected void roundOver(Round ended) {
        if (aside != null && aside.isRound(ended)) {
            aside.roundOver();
            if (isIdle()) {
                context.becameIdle(this);
            }
            return;
        }
        if (ended.equals(round)) {
            round = null;
            if (reservations != null) {
                progressedAt = context.now();
                reservations.roundOver(
                        progressedAt,
                        context.homes().reservationNanos(context.backoff().roundTripNanos()));
            }
            startNext();
        }
    }

    @Override
    public void expire(StrongOperation operation) {
        Round reads = aside == null ? null : aside.roundOf(operation);
        Round current = reads == null ? round : reads;
        operation.fail(current == null ? context.failures().expired(operation) : current.expired(operation));
        if (current != null && current.batch.isOver()) {
            current.abandon();
            roundOver(current);
        } else {
            countExpired();
        }
    }

    private boolean isContended() {
        return contention != null && contention.mayBeOn() && contention.isOn(context.now());
    }

    private void met(long now) {
        Contention known = contention;
        if (known == null) {
            known = new Contention();
            contention = known;
        }
        known.met(now, context.backoff().nanosOf(CONTENDED_ROUND_TRIPS, MIN_CONTENDED));
    }

    private void readAside(List<StrongOperation> reads) {
        ReadsAside others = aside;
        if (others == null) {
            others = new ReadsAside(context, this);
            aside = others;
        }
        others.add(reads);
    }

    private void weigh() {
        int before = weight;
        // When it is taken it is not weighed anew: nearly always the round leaves another, of about
        // the same weight.
        weight = hasPromise() || isContended() ? cachedWeight() : 0;
        context.cachedChanged(before, weight);
    }

    /**
     * Behind the tasks that wait already: on a key that several nodes change, what they add had
     * better go along.
     */
    private void startSoon() {
        if (!starts) {
            starts = true;
            context.replication().world().scheduler().execute(() -> {
                starts = false;
                if (round == null) {
                    startNext();
                }
            });
        }
    }

    @Override
    public void begin() {
        if (aside != null) {
            aside.resume();
        }
        if (round == null) {
            startNext();
        } else if (round.isInUserCode()) {
            functionsCalled();
        }
    }

    @Override
    public boolean hasWaiting() {
        return !isQueueEmpty() || (aside != null && aside.hasWaiting());
    }

    /** Ends what waits, none of which was sent to anyone. */
    @Override
    public void refuse() {
        takeAll().forEach(operation -> operation.fail(context.failures().notBegun(operation)));
        if (aside != null) {
            aside.refuse();
        }
        begin();
    }

    private void startNext() {
        if (!isQueueEmpty() && !context.hasQuorums()) {
            context.awaitMajority(this);
            return;
        }
        List<StrongOperation> next = takeNext();
        if (!next.isEmpty()) {
            Batch batch = new Batch(next);
            if (batch.hasUserCode()) {
                List<StrongOperation> reads = takeReads(next);
                start(batch);
                if (!reads.isEmpty()) {
                    readAside(reads);
                }
            } else {
                start(batch);
            }
        } else if (isIdle()) {
            if (!hasPromise()) {
                weigh();
            }
            context.becameIdle(this);
        }
    }

    private void start(Batch batch) {
        Round first = choose(batch);
        round = first;
        first.start();
    }

    private Round choose(Batch batch) {
        return isContended() && canForward(batch) ? newForwarding(batch) : newRound(batch);
    }

    private Round newForwarding(Batch batch) {
        NodeId home = context.homeOf(this);
        return home == null ? new ProposeRound(context, this, batch) : new Forwarding(context, this, batch, home);
    }

    private Round newRound(Batch batch) {
        return batch.isReadOnly() ? newRead(batch) : new ProposeRound(context, this, batch);
    }

    Round newRead(Batch batch) {
        return context.replication().isReadOnly()
                ? new ReaderRound(context, this, batch)
                : new QuorumRead(context, this, batch);
    }

    /** The operations of the next round: all that wait, as far as one round may take them. */
    private List<StrongOperation> takeNext() {
        if (isQueueEmpty()) {
            return NOTHING;
        }
        dropEnded();
        UpdateReservations order = reservations;
        if (order != null && !isQueueEmpty()) {
            return takeReserved(order);
        }
        return queueSize() > StrongCommand.MAX_IN_A_BATCH && isContended()
                ? takeFirst(StrongCommand.MAX_IN_A_BATCH)
                : takeAll();
    }

    private List<StrongOperation> takeReserved(UpdateReservations order) {
        long now = context.now();
        if (!isReservedForAnother(order, now)) {
            return takeReserved(order, context.replication().writer(), now);
        }
        if (!waits) {
            waits = true;
            context.replication().world().scheduler().schedule(Math.max(1, order.reservedUntil() - now), () -> {
                waits = false;
                // To wait for another's reservation is no silence of this node's.
                progressedAt = context.now();
                if (round == null) {
                    startNext();
                }
            });
        }
        return NOTHING;
    }
}
