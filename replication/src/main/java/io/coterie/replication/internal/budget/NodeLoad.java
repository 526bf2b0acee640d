package io.coterie.replication.internal.budget;

import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a node's strong stores that are in flight, and how fast answers come: from both
 * follows how long another operation would take. Requests count by their bytes, so that large and
 * small ones may be mixed.
 *
 * <p>The greatest possible speed shows only when answers come too late. So no operation is refused
 * as long as operations take less than half of the time that is left to those in flight. A wait for
 * anything but replicas, such as a user's function, does not count.
 *
 * <p>Used on the node's loop only, but for {@link #refusal}.
 */
public final class NodeLoad {
    /**
     * So many operations of a node may always be in flight, so that their speed can be measured,
     * and not everything is refused for ever.
     */
    public static final int FEW = 4;

    /**
     * A window lasts an eighth of the time that is left to operations, within these bounds, or
     * until there are enough answers.
     */
    private static final long MIN_WINDOW_NANOS = Duration.ofMillis(50).toNanos();

    private static final int ENOUGH = 16;
    private static final long MAX_WINDOW_NANOS = Duration.ofMillis(250).toNanos();

    /**
     * Operations must be too slow for a sixteenth of the time that is left to them before one is
     * refused: in a shorter time, a duration of half a second looks like one of half a minute.
     */
    private static final int PART_OF_TIME = 16;

    /** How long after operations were last too slow the measured speed is forgotten. */
    private static final long REMEMBERED_NANOS = Duration.ofSeconds(5).toNanos();

    /**
     * The weight of the newest window in general, and where it is slower than the estimate: a pause
     * must count little.
     */
    private static final double WEIGHT = 0.25;

    /** The weight of the newest window where it is faster than the estimate. */
    private static final double WEIGHT_OF_FASTER = 0.5;

    /**
     * The cost of a request beyond its bytes, in bytes; about the same on a connection and on a
     * loop.
     */
    private static final int REQUEST_BYTES = 1 << 10;

    /** More requests of one operation come from contention, and not from load. */
    private static final double MAX_REQUESTS_OF_OPERATION = 4;

    // Written on the loop only, so that a plain addition suffices; read by callers' threads.
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
     * How many requests each operation that waits for the loop will need: less than one where many
     * share the rounds of a key.
     */
    private double requestsOfWaiting = 1;

    private long usualNanosLeft;
    private boolean wasLate;
    private long lateSince;
    private long lateAt;

    /**
     * No load yet.
     *
     * @param now the reading of the node's clock
     * @param replicasAnswer whether there were signs of life of enough replicas since its last
     *     call: if not, load is not the reason that answers are missing
     */
    public NodeLoad(long now, BooleanSupplier replicasAnswer) {
        since = now;
        this.replicasAnswer = replicasAnswer;
    }

    /**
     * The measured speed of the node.
     *
     * @param nanosOfByte by how many nanoseconds each byte in flight before an operation delays its
     *     end
     * @param operationBytes the bytes of an operation on average
     */
    private record Pace(double nanosOfByte, double operationBytes) {}

    /** A source of operations from other threads. */
    public interface Source {
        /**
         * How many operations it has handed over to the loop that have not ended, whether begun or
         * not. Called by any thread.
         */
        int handedOver();

        /**
         * From now on there may be too much in flight for another operation, so that {@link
         * #refusal} must be called; or from now on it need not be. Without this, every call would
         * read memory that the loop writes all the time. Called on the loop.
         */
        void pressed(boolean pressed);
    }

    /**
     * Sets the source: its operations that wait for the loop count, too. To be called before the
     * first operation is handed over.
     */
    public void addSource(Source from) {
        source = from;
    }

    /** The loop has taken over so many operations of the source. */
    public void taken(int operations) {
        taken.lazySet(taken.getPlain() + operations);
    }

    /** An operation that was taken over has ended. */
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
     * @param valueBytes roughly how many bytes its value has
     * @return the bytes that it counts for, above zero, to be returned when it ends
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

    /** Nobody waits for a request any longer, although too few replicas have answered it. */
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
     * @param shared how many operations shared it
     */
    public void roundEnded(int shared) {
        rounds++;
        operations += shared;
    }

    /** A value was read. */
    public void found(int valueBytes) {
        usualBytes += (valueBytes - usualBytes) / 4;
    }

    /** The expected bytes of a value that is about to be read. */
    public int usualBytes() {
        return usualBytes;
    }

    /**
     * Computes how fast answers come. To be called some tens of times a second while operations are
     * in flight, and when the last of them has ended.
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
     * Why an operation should not begin now: it would probably take more than half of its time.
     * Null if that is not so, or not known, or if there are few operations. Any thread may call
     * this.
     *
     * @param store the store's name
     * @param nanos the time of the operation, in nanoseconds
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
     * Whether the window is long enough: it must be longer than a round trip, or the answers to a
     * burst would count as missing.
     */
    private boolean isOver(long nanos) {
        int ended = answered + givenUp;
        long min = Math.max(MIN_WINDOW_NANOS, Math.min(usualNanosLeft / 8, MAX_WINDOW_NANOS));
        return nanos >= min && (ended >= ENOUGH || (ended > 0 && nanos >= MAX_WINDOW_NANOS));
    }

    private void learn(long now, long nanos, int behind) {
        // If only requests that were given up are answered, all that is known is that they are
        // slow.
        double speed = (double) Math.max(answeredBytes, REQUEST_BYTES) / nanos;
        if (answered > 0) {
            requestBytes = (double) answeredBytes / answered;
        }
        if (rounds > 0) {
            // Operations that share a round have waited for the end of the round before.
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
        // Once is not enough: after a pause, answers are late although there is not too much load.
        wasLate = late;
        if (bytesPerNano > 0 && now - lateAt > REMEMBERED_NANOS) {
            forget();
        } else if (bytesPerNano > 0) {
            press(new Pace(requestsOfOperation / bytesPerNano, requestBytes * requestsOfWaiting / requestsOfOperation));
        }
    }

    /** A far larger number of operations in a round counts at once: it is the number that waits. */
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
