package io.coterie.rpc.internal.server;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.wire.Failure;
import io.coterie.rpc.internal.wire.Message;
import io.coterie.rpc.internal.wire.MessageSender;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.BufferOverflowException;
import org.jspecify.annotations.Nullable;

/** Writes answers, and keeps those that may be asked for again. */
public final class ReplyWriter {
    private final World world;
    private final MessageSender sender;
    private final ReplyCache kept;
    private final NodeCounters counters;

    public ReplyWriter(World world, MessageSender sender, ReplyCache kept, NodeCounters counters) {
        this.world = world;
        this.sender = sender;
        this.kept = kept;
        this.counters = counters;
    }

    long nanos() {
        return world.clock().nanos();
    }

    /** Sends the answer to a call, and ends it. */
    <R> void reply(ServerCall<?, R> call, R response) {
        if (isOfUse(call)) {
            encode(call.correlation(), call.binding(), response);
            end(call, call.session());
        } else {
            call.close();
        }
    }

    /** Sends that a handler has failed or was not called, and ends the call. */
    void fail(ServerCall<?, ?> call, Failure failure) {
        if (failure.code() == Failure.HANDLER_FAILED) {
            counters.handlerFailures.add(1);
        }
        if (isOfUse(call)) {
            encode(call.correlation(), failure);
            end(call, call.session());
        } else {
            call.close();
        }
    }

    /** Sends an answer that nobody will ask for again. */
    <R> void reply(NodeId caller, long correlation, MethodBinding<?, R> binding, R response) {
        encode(correlation, binding, response);
        reportUnless(sender.send(caller), caller, correlation, false);
    }

    /** Sends a failure that nobody will ask for again. */
    void fail(NodeId caller, long correlation, Failure failure) {
        encode(correlation, failure);
        send(caller);
    }

    /** Sends that a call is not executed, and makes sure that no copy of it will be. */
    void refuse(NodeId caller, long correlation, Failure failure, @Nullable Session session, long sequence) {
        encode(correlation, failure);
        if (session != null) {
            kept.keep(session, sequence, sender.copy());
        }
        send(caller);
    }

    /** Sends the kept answer of a call, as the answer to another copy of its request. */
    void replyAgain(NodeId caller, byte[] answer, long correlation) {
        reportUnless(sender.sendAgain(caller, answer, correlation), caller, correlation, true);
    }

    /**
     * Unless an answer was sent, sends the reason, because a caller over a transport that reports
     * losses would otherwise wait until its deadline. A caller that may ask again gets what was
     * kept, but not if it is too large.
     */
    private void reportUnless(boolean sent, NodeId caller, long correlation, boolean mayAskAgain) {
        countIfDropped(sent);
        if (sent || !sender.reportsLoss()) {
            return;
        }
        RpcException refusal = sender.refusal(caller);
        if (refusal instanceof MessageTooLargeException) {
            fail(caller, correlation, Failure.of(Failure.REPLY_TOO_LARGE, Failure.textOf(refusal)));
        } else if (refusal instanceof OverloadedException && !mayAskAgain) {
            fail(caller, correlation, Failure.ofAnswer(refusal));
        }
    }

    private void send(NodeId caller) {
        countIfDropped(sender.send(caller));
    }

    private void countIfDropped(boolean sent) {
        if (!sent) {
            counters.answersDropped.add(1);
        }
    }

    private boolean isOfUse(ServerCall<?, ?> call) {
        return call.session() != null || isAwaited(call);
    }

    private boolean isAwaited(ServerCall<?, ?> call) {
        return call.isCall() && !call.isExpired(nanos());
    }

    private void end(ServerCall<?, ?> call, @Nullable Session session) {
        boolean awaited = isAwaited(call);
        if (session != null) {
            // Before the call ends, so that at each moment it is known as running or by its answer.
            kept.keep(session, call.sequence(), sender.copy());
        }
        call.close();
        if (awaited) {
            reportUnless(sender.send(call.caller()), call.caller(), call.correlation(), session != null);
        }
    }

    private <R> void encode(long correlation, MethodBinding<?, R> binding, R response) {
        ByteWriter out = sender.begin();
        Message.putAnswer(out, Message.REPLY, correlation);
        int header = out.size();
        try {
            binding.method().response().encode(response, out);
            if (out.size() - header > sender.maxPayloadBytes()) {
                encode(correlation, tooLarge());
            }
        } catch (BufferOverflowException e) {
            encode(correlation, tooLarge());
        } catch (Throwable e) {
            counters.handlerFailures.add(1);
            encode(correlation, Failure.ofAnswer(e));
        }
    }

    private Failure tooLarge() {
        return Failure.of(
                Failure.REPLY_TOO_LARGE,
                "the answer takes more than " + sender.maxPayloadBytes()
                        + " bytes; ask for less at once, or raise maxPayloadBytes on all nodes");
    }

    private void encode(long correlation, Failure failure) {
        ByteWriter out = sender.begin();
        Message.putAnswer(out, Message.FAILURE, correlation);
        failure.writeTo(out);
    }
}
