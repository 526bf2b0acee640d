package io.coterie.simulation;

import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Methods that must not be executed twice, served in the three possible ways. Each answers with the
 * number of its execution.
 */
final class OnceMethods {
    /** Answered on the loop when its handler returns. */
    private static final RpcMethod<Long, Long> AT_ONCE = method("at-once");

    /** Answered on the loop, a while after its handler has returned, and sometimes never. */
    private static final RpcMethod<Long, Long> LATER = method("later");

    /** Handled on the executor. */
    private static final RpcMethod<Long, Long> ON_EXECUTOR = method("on-executor");

    static final List<RpcMethod<Long, Long>> ALL = List.of(AT_ONCE, LATER, ON_EXECUTOR);

    private static final Duration MAX_WORK = Duration.ofMillis(150);

    private final SimStart start;
    private final CallLedger ledger;
    private final SimRandom random;

    private OnceMethods(SimStart start, CallLedger ledger, SimRandom random) {
        this.start = start;
        this.ledger = ledger;
        this.random = random;
    }

    static void serve(RpcNode node, SimStart start, CallLedger ledger, SimRandom random) {
        OnceMethods methods = new OnceMethods(start, ledger, random);
        node.serveInline(AT_ONCE, (caller, token) -> methods.execute(token));
        node.serveInline(LATER, (caller, token, answer) -> methods.answerLater(token, answer));
        node.serve(ON_EXECUTOR, (caller, token) -> methods.execute(token));
    }

    /** An executor on which tasks wait for a while before they run, as in a busy pool. */
    static Executor slowExecutor(SimStart start, SimRandom random) {
        return task -> start.world()
                .scheduler()
                .schedule(workNanos(random), () -> start.executor().execute(task));
    }

    private long execute(long token) {
        refuseSometimes(token);
        long id = ledger.execute(start, token);
        if (fails(token)) {
            throw new IllegalStateException(String.valueOf(id));
        }
        return id;
    }

    private void answerLater(long token, Responder<Long> answer) {
        refuseSometimes(token);
        long id = ledger.execute(start, token);
        if (!ledger.call(token).probe && random.chance(0.03)) {
            return;
        }
        start.world().scheduler().schedule(workNanos(random), () -> {
            if (fails(token)) {
                answer.fail(new IllegalStateException(String.valueOf(id)));
            } else {
                answer.reply(id);
            }
        });
    }

    private void refuseSometimes(long token) {
        if (!ledger.call(token).probe && random.chance(0.02)) {
            throw OverloadedException.ofHandler("not now", Duration.ofMillis(20));
        }
    }

    private boolean fails(long token) {
        return !ledger.call(token).probe && random.chance(0.03);
    }

    /** Half of the work takes no time at all. */
    private static long workNanos(SimRandom random) {
        long nanos = random.between(Duration.ZERO, MAX_WORK).toNanos();
        return random.chance(0.5) ? 0 : nanos;
    }

    private static RpcMethod<Long, Long> method(String name) {
        return new RpcMethod<>(name, Codec.int64(), Codec.int64(), false);
    }
}
