package io.coterie.consistency;

import io.coterie.rpc.CoterieException;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.Responder;
import java.util.Arrays;

/** Tells the origin of a forwarded batch what became of it, and whether other nodes change the key, too. */
record ForwardReply(StrongKey key, Responder<byte[]> answer) implements Completion {
    private static final byte[] UNKNOWN = new ForwardAnswer.Unknown().encode();

    @Override
    public void complete(Result result) {
        byte[] bytes = result.value();
        reply(bytes == null ? UNKNOWN : bytes);
    }

    /** What was certainly not applied is said to be so, which leaves its origin free to go another way. */
    @Override
    public void fail(Throwable error) {
        if (error instanceof CoterieException failure && !failure.maybeExecuted()) {
            answer.fail(OverloadedException.ofHandler("the batch was not applied: " + error.getMessage(), null));
        } else {
            reply(UNKNOWN);
        }
    }

    static boolean isShared(byte[] reply) {
        return reply[0] != 0;
    }

    static ForwardAnswer answerOf(byte[] reply) {
        return ForwardAnswer.decode(Arrays.copyOfRange(reply, 1, reply.length));
    }

    private void reply(byte[] content) {
        byte[] reply = new byte[1 + content.length];
        reply[0] = (byte) (key.isShared() ? 1 : 0);
        System.arraycopy(content, 0, reply, 1, content.length);
        answer.reply(reply);
    }
}
