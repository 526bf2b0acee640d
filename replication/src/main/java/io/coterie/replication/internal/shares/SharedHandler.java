package io.coterie.replication.internal.shares;

import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.function.ToIntFunction;

/**
 * Serves requests whose answers may be much larger than they are, or expensive to find. Requests
 * beyond the share of their node wait.
 *
 * @param bytes about how many a request has
 */
public record SharedHandler<Q, A>(LoopShares shares, InlineHandler<Q, A> one, ToIntFunction<Q> bytes)
        implements InlineHandler<Q, A> {
    @Override
    public void handle(NodeId caller, Q request, Responder<A> answer) {
        if (shares.begins(caller)) {
            serve(caller, request, answer);
        } else {
            shares.await(
                    caller,
                    LoopShares.MESSAGE_BYTES + bytes.applyAsInt(request),
                    answer,
                    false,
                    () -> serve(caller, request, answer));
        }
    }

    private void serve(NodeId caller, Q request, Responder<A> answer) {
        shares.charge(caller, LoopShares.MESSAGE_BYTES);
        try {
            one.handle(caller, request, answer);
        } catch (Throwable e) {
            answer.fail(e);
        }
    }
}
