package io.coterie.consistency.internal.strong;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.register.ForwardAnswer;
import io.coterie.consistency.internal.wire.HomeAnswer;
import io.coterie.rpc.Responder;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.OverloadedException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * Reports to the origin of a forwarded batch what became of it.
 *
 * @param shared whether other nodes change the key, too
 * @param ended is run first, once
 */
record ForwardReply(BooleanSupplier shared, Responder<HomeAnswer> answer, Runnable ended) implements Completion {
    @Override
    public void complete(Result result) {
        ended.run();
        byte[] bytes = result.value();
        reply(bytes == null ? new ForwardAnswer.Unknown() : ForwardAnswer.read(ByteBuffer.wrap(bytes)));
    }

    /**
     * A batch that was certainly not applied is reported as such: then its origin is free to go
     * another way.
     */
    @Override
    public void fail(Throwable error) {
        ended.run();
        if (error instanceof CoterieException failure && !failure.maybeExecuted()) {
            answer.fail(OverloadedException.ofHandler("the batch was not applied: " + error.getMessage(), null));
        } else {
            reply(new ForwardAnswer.Unknown());
        }
    }

    private void reply(ForwardAnswer content) {
        answer.reply(new HomeAnswer(shared.getAsBoolean(), content));
    }
}
