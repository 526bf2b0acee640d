package io.coterie.consistency.internal.register;

import io.coterie.consistency.Result;
import io.coterie.replication.spi.Ballot;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state that replicas agree on for one key of a strong store: the value, and the outcomes of
 * the last batches, so that a batch which is tried again is recognised and not applied twice.
 * Immutable.
 *
 * <p>It is the bytes that replicas keep, read where they stand, with copies of what nearly every
 * change needs of them: a node has very many of these and uses each rarely, so that each object
 * that is looked at costs a cache miss. In their order:
 *
 * <ul>
 *   <li>1 byte: 1, or 0 for a key without a value; all that a replica ever looks at
 *   <li>the version: the ballot with which this value was first proposed. No other value has it,
 *       and along the history of a key it only rises. A state that is proposed once more under a
 *       higher ballot keeps it
 *   <li>the parent: the version that it was made from; {@link Ballot#NONE} for the first
 *   <li>the horizon, 8 bytes: a batch with a timestamp at or below it that is not found among the
 *       outcomes may have been applied and forgotten
 *   <li>the number of outcomes, 1 byte, and the {@linkplain BatchOutcome outcomes}: the last batch
 *       of each origin that changed something, at most {@link #MAX_ORIGINS}
 *   <li>the value, if there is one
 * </ul>
 */
public final class RegisterState {
    /**
     * For how many origins a key remembers the last batch. An origin is one start of one process.
     */
    public static final int MAX_ORIGINS = 16;

    /**
     * How old a tombstone is at least when it goes: by then retries of what came before it are
     * over, which would find no trace of themselves and end as unknown.
     */
    public static final Duration MIN_TOMBSTONE_AGE = Duration.ofSeconds(1);

    private static final int VERSION = 1;
    private static final int PARENT = VERSION + Ballot.BYTES;
    private static final int HORIZON = PARENT + Ballot.BYTES;
    private static final int COUNT = HORIZON + Long.BYTES;
    private static final int OUTCOMES = COUNT + 1;

    /** The state of a key that was never written. */
    public static final RegisterState ABSENT = ofValue(null);

    private final byte[] bytes;
    private final int valueAt;
    private final boolean tombstone;
    private final Ballot version;
    private final long horizon;
    private final int outcomeCount;
    private final long onlyOrigin;
    private final long onlyTimestamp;

    /**
     * A state with what a change after it needs of its bytes.
     *
     * @param valueAt where the outcomes end
     * @param onlyOrigin of the outcome, where there is one alone
     * @param onlyTimestamp of the outcome, where there is one alone
     */
    public RegisterState(
            byte[] bytes,
            int valueAt,
            boolean tombstone,
            Ballot version,
            long horizon,
            int outcomeCount,
            long onlyOrigin,
            long onlyTimestamp) {
        this.bytes = bytes;
        this.valueAt = valueAt;
        this.tombstone = tombstone;
        this.version = version;
        this.horizon = horizon;
        this.outcomeCount = outcomeCount;
        this.onlyOrigin = onlyOrigin;
        this.onlyTimestamp = onlyTimestamp;
    }

    public static RegisterState of(
            byte @Nullable [] value, Ballot version, Ballot parent, long horizon, List<BatchOutcome> outcomes) {
        int valueAt = OUTCOMES;
        for (int i = 0; i < outcomes.size(); i++) {
            valueAt += outcomes.get(i).length();
        }
        ByteBuffer out = ByteBuffer.allocate(valueAt + (value == null ? 0 : value.length));
        out.put((byte) (value == null ? 0 : 1));
        out.putLong(version.counter()).putLong(version.proposer());
        out.putLong(parent.counter()).putLong(parent.proposer());
        out.putLong(horizon).put((byte) outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            outcomes.get(i).write(out);
        }
        if (value != null) {
            out.put(value);
        }
        boolean one = outcomes.size() == 1;
        return new RegisterState(
                out.array(),
                valueAt,
                value == null,
                version,
                horizon,
                outcomes.size(),
                one ? outcomes.get(0).origin() : 0,
                one ? outcomes.get(0).timestamp() : 0);
    }

    /** A value of which nothing else is known. */
    public static RegisterState ofValue(byte @Nullable [] value) {
        return of(value, Ballot.NONE, Ballot.NONE, 0, List.of());
    }

    /**
     * The state of a key that nothing is accepted for.
     *
     * @param horizon up to which timestamp batches may have been applied before the key was deleted
     *     and forgotten
     */
    public static RegisterState absent(long horizon) {
        return horizon == 0 ? ABSENT : of(null, Ballot.NONE, Ballot.NONE, horizon, List.of());
    }

    /**
     * Reads what replicas keep; null stands for a key that was never written.
     *
     * @param bytes not to be changed afterwards
     * @throws BufferUnderflowException if they are not those of a state
     */
    public static RegisterState decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return ABSENT;
        }
        int valueAt = valueAt(bytes);
        int count = bytes[COUNT];
        return new RegisterState(
                bytes,
                valueAt,
                bytes[0] == 0,
                ballot(bytes, VERSION),
                BatchOutcome.longAt(bytes, HORIZON),
                count,
                count == 1 ? BatchOutcome.longAt(bytes, OUTCOMES) : 0,
                count == 1 ? BatchOutcome.longAt(bytes, OUTCOMES + Long.BYTES) : 0);
    }

    /** The result of a read of what replicas keep, see {@link #decode}. */
    public static Result read(byte @Nullable [] bytes) {
        if (bytes == null) {
            return Result.APPLIED;
        }
        int valueAt = valueAt(bytes);
        return bytes[0] == 0 ? Result.APPLIED : new Result(true, bytes, valueAt);
    }

    /**
     * Whether bytes can be read as a state. Takes a bounded time, and looks at nothing of the
     * value.
     *
     * @param bytes as replicas keep them
     */
    public static boolean isState(byte[] bytes) {
        return endOfOutcomes(bytes) >= 0;
    }

    /**
     * Whether bytes are a state that may be accepted with a ballot: its value was not first
     * proposed, or made, after that.
     */
    public static boolean isState(byte[] bytes, Ballot ballot) {
        if (!isState(bytes)) {
            return false;
        }
        long version = BatchOutcome.longAt(bytes, VERSION);
        long parent = BatchOutcome.longAt(bytes, PARENT);
        return parent >= 0
                && parent <= version
                && version <= ballot.counter()
                && BatchOutcome.longAt(bytes, HORIZON) >= 0;
    }

    /** Where the value begins, or the bytes of a tombstone end. */
    private static int valueAt(byte[] bytes) {
        int at = endOfOutcomes(bytes);
        if (at < 0) {
            throw new BufferUnderflowException();
        }
        return at;
    }

    /** Where the outcomes end; -1 if the bytes are no state. */
    private static int endOfOutcomes(byte[] bytes) {
        if (bytes.length < OUTCOMES || bytes[0] < 0 || bytes[0] > 1) {
            return -1;
        }
        int at = OUTCOMES;
        int count = bytes[COUNT];
        for (int i = 0; i < count && at >= 0; i++) {
            at = BatchOutcome.endAt(bytes, at);
        }
        return count < 0 || (bytes[0] == 0 && at < bytes.length) ? -1 : at;
    }

    /** As replicas keep it; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether the key is absent or deleted. */
    public boolean isTombstone() {
        return tombstone;
    }

    /** The result of a read. */
    public Result read() {
        return tombstone ? Result.APPLIED : new Result(true, bytes, valueAt);
    }

    /** A copy of the value; null for a key that is absent or deleted. */
    public byte @Nullable [] value() {
        return tombstone ? null : Arrays.copyOfRange(bytes, valueAt, bytes.length);
    }

    public Ballot version() {
        return version;
    }

    public Ballot parent() {
        return ballot(bytes, PARENT);
    }

    public long horizon() {
        return horizon;
    }

    public int valueAt() {
        return valueAt;
    }

    public int outcomeCount() {
        return outcomeCount;
    }

    public long onlyOrigin() {
        return onlyOrigin;
    }

    public long onlyTimestamp() {
        return onlyTimestamp;
    }

    public List<BatchOutcome> outcomes() {
        List<BatchOutcome> outcomes = new ArrayList<>(outcomeCount);
        for (int at = OUTCOMES; at < valueAt; at = BatchOutcome.endOf(bytes, at)) {
            outcomes.add(BatchOutcome.read(bytes, at));
        }
        return outcomes;
    }

    /** The last batch of an origin, or null if it is not among the outcomes. */
    @Nullable
    public BatchOutcome outcomeOf(long origin) {
        for (int at = OUTCOMES; at < valueAt; at = BatchOutcome.endOf(bytes, at)) {
            if (BatchOutcome.longAt(bytes, at) == origin) {
                return BatchOutcome.read(bytes, at);
            }
        }
        return null;
    }

    /**
     * The outcome of this very batch, or null if it is not part of this state's past, or forgotten.
     */
    @Nullable
    public BatchOutcome outcomeOf(long origin, long timestamp) {
        BatchOutcome last = outcomeOf(origin);
        return last != null && last.timestamp() == timestamp ? last : null;
    }

    /**
     * Whether a batch that is not among the outcomes may have been applied all the same: then it
     * must not be applied.
     */
    public boolean mayHaveForgotten(long origin, long timestamp) {
        return timestamp <= newestTimestamp(origin);
    }

    /** A batch of the origin with a timestamp above this one is known not to have been applied. */
    public long newestTimestamp(long origin) {
        if (outcomeCount == 1) {
            return onlyOrigin == origin ? Math.max(horizon, onlyTimestamp) : horizon;
        }
        BatchOutcome last = outcomeOf(origin);
        return last == null ? horizon : Math.max(horizon, last.timestamp());
    }

    /** The highest timestamp that it remembers: it has nothing of batches above that. */
    public long highestTimestamp() {
        long highest = horizon;
        for (BatchOutcome outcome : outcomes()) {
            highest = Math.max(highest, outcome.timestamp());
        }
        return highest;
    }

    /**
     * The state after one or more batches.
     *
     * @param ballot with which it is going to be proposed
     * @param latest the outcomes of these batches, not of one origin twice
     */
    public RegisterState after(byte @Nullable [] newValue, Ballot ballot, List<BatchOutcome> latest) {
        return after(newValue, ballot, version, latest);
    }

    /** The state after batches that changed nothing and are to be known if they come again. */
    public RegisterState remembering(List<BatchOutcome> latest) {
        return after(value(), version, parent(), latest);
    }

    private RegisterState after(
            byte @Nullable [] newValue, Ballot newVersion, Ballot newParent, List<BatchOutcome> latest) {
        if (isReplacedBy(latest)) {
            return of(newValue, newVersion, newParent, horizon, latest);
        }
        List<BatchOutcome> kept = new ArrayList<>(latest);
        for (BatchOutcome outcome : outcomes()) {
            if (!isOf(outcome.origin(), latest)) {
                kept.add(outcome);
            }
        }
        long newHorizon = horizon;
        while (kept.size() > MAX_ORIGINS) {
            BatchOutcome oldest = oldest(kept);
            kept.remove(oldest);
            newHorizon = Math.max(newHorizon, oldest.timestamp());
        }
        return of(newValue, newVersion, newParent, newHorizon, kept);
    }

    /**
     * Whether no outcome of another origin is to be kept; nearly always one node alone changes a
     * key.
     */
    private boolean isReplacedBy(List<BatchOutcome> latest) {
        return outcomeCount == 0
                || (outcomeCount == 1
                        && latest.size() == 1
                        && onlyOrigin == latest.get(0).origin());
    }

    private static Ballot ballot(byte[] bytes, int at) {
        long counter = BatchOutcome.longAt(bytes, at);
        return counter == 0 ? Ballot.NONE : new Ballot(counter, BatchOutcome.longAt(bytes, at + Long.BYTES));
    }

    private static boolean isOf(long origin, List<BatchOutcome> outcomes) {
        for (BatchOutcome outcome : outcomes) {
            if (outcome.origin() == origin) {
                return true;
            }
        }
        return false;
    }

    private static BatchOutcome oldest(List<BatchOutcome> outcomes) {
        BatchOutcome oldest = outcomes.get(0);
        for (BatchOutcome outcome : outcomes) {
            if (outcome.timestamp() < oldest.timestamp()) {
                oldest = outcome;
            }
        }
        return oldest;
    }
}
