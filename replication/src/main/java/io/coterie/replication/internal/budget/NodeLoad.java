package io.coterie.replication.internal.budget;

import io.coterie.rpc.OverloadedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the strong stores of a node have asked replicas for and not been answered, and how fast
 * answers come: from that follows how long another operation would take. Requests are counted with
 * their bytes, so that large and small ones may be mixed.
 *
 * <p>How fast answers can come shows only when they come too late. So nothing is said as long as
 * operations take less than half of the time that is left to those in flight; and a wait for
 * anything but replicas, as for a user's function, does not count.
 *
 * <p>Used on the node's loop only, but for {@link #refusal}.
 */
public final class NodeLoad {
    /**
     * So many operations of a node may always be in flight: how fast they end must show, and
     * nothing is to be refused for good.
     */
    public static final int FEW = 4;

    /**
     * Answers are counted for an eighth of the time that is left to operations, within these
     * bounds, or until there are enough.
     */
    private static final long MIN_WINDOW_NANOS = Duration.ofMillis(50).toNanos();

    private static final int ENOUGH = 16;
    private static final long MAX_WINDOW_NANOS = Duration.ofMillis(250).toNanos();

    /**
     * Operations must be too slow for a sixteenth of the time that is left to them before anything
     * is said: that they would take half a minute is not to be told from half a second.
     */
    private static final int PART_OF_TIME = 16;

    /** So long after operations were last too slow, what was found then is forgotten. */
    private static final long REMEMBERED_NANOS = Duration.ofSeconds(5).toNanos();

    /**
     * The weight of the newest window where it is slower than thought, so that a pause counts
     * little, and in general.
     */
    private static final double WEIGHT = 0.25;

    /** The same where it is faster. */
    private static final double WEIGHT_OF_FASTER = 0.5;

    /** What a request costs beyond its bytes, in bytes; about the same on a link and on a loop. */
    private static final int REQUEST_BYTES = 1 << 10;

    /** Where keys are contended, more requests than that tell of something else than load. */
    private static final double MAX_REQUESTS_OF_OPERATION = 4;

    // Written on the loop only, so that a plain addition will do; read by callers' threads.
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private volatile @Nullable Pace pace;

    private final BooleanSupplier replicasAnswer;
    private final AtomicInteger taken = new AtomicInteger();
    private @Nullable Source source;
    private int usualBytes;

    // Of the window.
    private long since;
    private boolean wasIdle = true;
    private int answered;
    private long answeredBytes;
    private int givenUp;
    private int rounds;
    private int operations;

    private double bytesPerNano;
    private double requestsOfOperation = 1;
    private double requestBytes = REQUEST_BYTES;

    /**
     * How many requests come with each operation that waits for the loop: a part of one where many
     * share the rounds of a key.
     */
    private double requestsOfWaiting = 1;

    private long usualNanosLeft;
    private boolean wasLate;
    private long lateSince;
    private long lateAt;

    /**
     * A load of nothing.
     *
     * @param now the reading of the node's clock
     * @param replicasAnswer whether as many replicas as are needed were heard of since it was asked
     *     last: if not, it is not load that keeps answers from coming
     */
    public NodeLoad(long now, BooleanSupplier replicasAnswer) {
        since = now;
        this.replicasAnswer = replicasAnswer;
    }

    /**
     * How fast the node gets on.
     *
     * @param nanosOfByte how much later an operation ends for each byte that is in flight before it
     * @param operationBytes how many come with an operation on average
     */
    private record Pace(double nanosOfByte, double operationBytes) {}

    /** Where operations of other threads come from. */
    public interface Source {
        /**
         * How many it has handed over to the loop that have not ended, begun or not. Called by any
         * thread.
         */
        int handedOver();

        /**
         * From now on, or no more, there may be too much in flight for another operation: {@link
         * #refusal} is to be asked. So long as it need not be, other threads stay away from what
         * the loop writes all the time. Called on the loop.
         */
        void pressed(boolean pressed);
    }

    /**
     * What waits for the loop comes before the next operation, too. To be called before the first
     * is handed over.
     */
    public void addSource(Source from) {
        source = from;
    }

    /** The loop has taken so many operations of the source. */
    public void taken(int operations) {
        taken.lazySet(taken.getPlain() + operations);
    }

    /** An operation that was taken has ended. */
    public void ended() {
        taken.lazySet(taken.getPlain() - 1);
    }

    private int waiting() {
        Source from = source;
        return from == null ? 0 : Math.max(0, from.handedOver() - taken.get());
    }

    /**
     * A request leaves for the replicas.
     *
     * @param valueBytes about how many its value has
     * @return how many it counts for, above zero, to be handed back when it ends
     */
    public int begin(int valueBytes) {
        int counted = valueBytes + REQUEST_BYTES;
        requests.lazySet(requests.getPlain() + 1);
        bytes.lazySet(bytes.getPlain() + counted);
        return counted;
    }

    /** As many replicas as are needed have answered a request. */
    public void answered(int counted) {
        leave(counted);
        answered++;
        answeredBytes += counted;
    }

    /** A request is not waited for any more, though too few replicas have answered it. */
    public void givenUp(int counted) {
        leave(counted);
        givenUp++;
    }

    private void leave(int counted) {
        requests.lazySet(requests.getPlain() - 1);
        bytes.lazySet(bytes.getPlain() - counted);
    }

    /**
     * A round of one or more requests has ended well.
     *
     * @param shared by how many operations it was shared
     */
    public void roundEnded(int shared) {
        rounds++;
        operations += shared;
    }

    /** A value was read. */
    public void found(int valueBytes) {
        usualBytes += (valueBytes - usualBytes) / 4;
    }

    /** How many bytes a value has that is about to be read. */
    public int usualBytes() {
        return usualBytes;
    }

    /**
     * Works out how fast answers come. To be called some tens of times a second as long as
     * operations are in flight, and when the last of them has ended.
     *
     * @param now the reading of the node's clock
     * @param nanosLeft how much time is left to the operations in flight, on average; 0 where there
     *     are none
     */
    public void look(long now, long nanosLeft) {
        usualNanosLeft = nanosLeft == 0 ? usualNanosLeft : nanosLeft;
        long nanos = now - since;
        int behind = waiting();
        if (requests.getPlain() + behind == 0) {
            forget();
            wasIdle = true;
        } else if (wasIdle) {
            wasIdle = false;
        } else if (!isOver(nanos)) {
            return;
        } else if (replicasAnswer.getAsBoolean() || answered > 0) {
            learn(now, nanos, behind);
        }
        since = now;
        answered = 0;
        answeredBytes = 0;
        givenUp = 0;
        rounds = 0;
        operations = 0;
    }

    /**
     * Why an operation had better not begin now: it would probably take more than half of the time
     * that it has. Null where that is not so, or not known, or where it is one of few. Any thread
     * may call this.
     *
     * @param store the store's name
     * @param nanos what it has
     * @param operations how many begin with it, itself included
     */
    public @Nullable OverloadedException refusal(String store, long nanos, int operations) {
        Pace known = pace;
        if (known == null) {
            return null;
        }
        int before = waiting() + operations;
        if (requests.get() + before <= FEW) {
            return null;
        }
        double expected = (bytes.get() + before * known.operationBytes) * known.nanosOfByte;
        double excess = expected - nanos / 2.0;
        if (excess <= 0) {
            return null;
        }
        return new OverloadedException(
                "store \"" + store + "\": not begun, because it would take about " + millis(expected) + " ms of its "
                        + millis((double) nanos)
                        + " ms: this node has more in flight than its connections and replicas can handle. Have fewer"
                        + " operations in flight, or wait for some to end",
                Duration.ofNanos((long) Math.min(excess, (double) nanos)));
    }

    private static long millis(double nanos) {
        return Math.round(nanos / 1e6);
    }

    /**
     * Whether the window tells enough: it must be longer than answers are on their way, or those to
     * a burst count as missing.
     */
    private boolean isOver(long nanos) {
        int ended = answered + givenUp;
        long min = Math.max(MIN_WINDOW_NANOS, Math.min(usualNanosLeft / 8, MAX_WINDOW_NANOS));
        return nanos >= min && (ended >= ENOUGH || (ended > 0 && nanos >= MAX_WINDOW_NANOS));
    }

    private void learn(long now, long nanos, int behind) {
        // Where answers come for what was given up only, no more is known than that it is slow.
        double speed = (double) Math.max(answeredBytes, REQUEST_BYTES) / nanos;
        if (answered > 0) {
            requestBytes = (double) answeredBytes / answered;
        }
        if (rounds > 0) {
            // Where several share a round, they have waited for the end of the one before.
            double found = (double) answered / rounds * (2 - (double) rounds / operations);
            double credible = Math.min(MAX_REQUESTS_OF_OPERATION, Math.max(1, found));
            requestsOfOperation += (credible - requestsOfOperation) * WEIGHT;
            learnSharing(Math.min(MAX_REQUESTS_OF_OPERATION, (double) answered / operations));
        }
        double operationNanos =
                (bytes.getPlain() * requestsOfOperation + behind * requestBytes * requestsOfWaiting) / speed;
        boolean late = operationNanos > usualNanosLeft / 2.0;
        lateSince = wasLate ? lateSince : since;
        boolean longEnough = wasLate && now - lateSince >= usualNanosLeft / PART_OF_TIME;
        if (late && (bytesPerNano > 0 || longEnough)) {
            lateAt = now;
            double weight = bytesPerNano == 0 ? 1 : speed < bytesPerNano ? WEIGHT : WEIGHT_OF_FASTER;
            bytesPerNano += (speed - bytesPerNano) * weight;
        } else if (bytesPerNano > 0 && speed > bytesPerNano) {
            bytesPerNano += (speed - bytesPerNano) * WEIGHT_OF_FASTER;
        }
        // Once is not enough: when a pause is over, what it held up is answered late, though there
        // is not too much of it.
        wasLate = late;
        if (bytesPerNano > 0 && now - lateAt > REMEMBERED_NANOS) {
            forget();
        } else if (bytesPerNano > 0) {
            press(new Pace(requestsOfOperation / bytesPerNano, requestBytes * requestsOfWaiting / requestsOfOperation));
        }
    }

    /**
     * That far more share a round than before is believed at once: they are as many as have come to
     * wait.
     */
    private void learnSharing(double found) {
        double weight = found < requestsOfWaiting / 2 ? 1 : WEIGHT;
        requestsOfWaiting += (found - requestsOfWaiting) * weight;
    }

    private void forget() {
        wasLate = false;
        bytesPerNano = 0;
        press(null);
    }

    private void press(@Nullable Pace found) {
        Pace before = pace;
        Source from = source;
        pace = found;
        if (from != null && (before == null) != (found == null)) {
            from.pressed(found != null);
        }
    }
}
