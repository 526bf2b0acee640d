package io.coterie.consistency;

import io.coterie.rpc.CoterieException;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.Responder;

/** Tells the origin of a forwarded batch what became of it. */
record ForwardReply(Responder<byte[]> answer) implements Completion {
    @Override
    public void complete(Result result) {
        byte[] bytes = result.value();
        answer.reply(bytes == null ? new ForwardAnswer.Unknown().encode() : bytes);
    }

    /** What was certainly not applied is said to be so, which leaves its origin free to go another way. */
    @Override
    public void fail(Throwable error) {
        if (error instanceof CoterieException failure && !failure.maybeExecuted()) {
            answer.fail(OverloadedException.ofHandler("the batch was not applied: " + error.getMessage(), null));
        } else {
            answer.reply(new ForwardAnswer.Unknown().encode());
        }
    }
}
