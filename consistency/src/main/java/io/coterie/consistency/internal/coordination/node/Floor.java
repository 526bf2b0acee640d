package io.coterie.consistency.internal.coordination.node;

import io.coterie.consistency.internal.coordination.cas.CasContext;
import io.coterie.consistency.internal.coordination.cas.CasDecision;
import io.coterie.consistency.internal.coordination.cas.CasLoop;
import io.coterie.consistency.internal.coordination.cas.WaitPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A number at or above all tokens of records that were removed, in a record of its own that only
 * rises and never goes. An acquisition that makes a record anew reads the floor <em>after</em> the
 * record is there: each removal before that had raised the floor already, so tokens above what is
 * read are above all of them.
 */
public final class Floor {
    /** No name of a register, latch or counter has this key: these have a slash. */
    public static final byte[] KEY = "floor".getBytes(StandardCharsets.UTF_8);

    private static final byte KIND = 'F';

    private final CasContext context;
    private final long operationNanos;
    private long known;

    Floor(CasContext context, long operationNanos) {
        this.context = context;
        this.operationNanos = operationNanos;
    }

    /** The floor when it was read or raised last; zero if it never was. */
    public long known() {
        return known;
    }

    /** Reads a value of the record; null if it was never written. */
    public long read(byte @Nullable [] value) {
        long read = valueOf(value);
        known = Math.max(known, read);
        return read;
    }

    /**
     * Raises it to a token unless it is as high, and reports, once, whether that is known to be
     * done.
     */
    void raise(long token, Consumer<Boolean> then) {
        if (known >= token) {
            then.accept(true);
            return;
        }
        long end = context.nanos() + operationNanos;
        WaitPolicy policy = new WaitPolicy(end, end, operationNanos, operationNanos / 4);
        CasLoop.Decider decision =
                current -> valueOf(current) >= token ? new CasDecision.Done() : new CasDecision.Write(bytes(token));
        new CasLoop(context, KEY, policy, decision, new CasLoop.End() {
                    @Override
                    public void done(byte @Nullable [] current) {
                        read(current);
                        then.accept(true);
                    }

                    @Override
                    public void failed(@Nullable Throwable reason) {
                        then.accept(false);
                    }
                })
                .start();
    }

    private static long valueOf(byte @Nullable [] value) {
        if (value == null) {
            return 0;
        }
        if (value.length != 1 + Long.BYTES || value[0] != KIND) {
            throw new IllegalStateException("the floor of tokens found a value of " + value.length
                    + " bytes that it did not write: keep its store for coordination alone");
        }
        return ByteBuffer.wrap(value).getLong(1);
    }

    private static byte[] bytes(long token) {
        return ByteBuffer.allocate(1 + Long.BYTES).put(KIND).putLong(token).array();
    }
}
