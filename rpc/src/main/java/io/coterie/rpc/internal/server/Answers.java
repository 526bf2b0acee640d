package io.coterie.rpc.internal.server;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.MessageTooLargeException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.World;
import io.coterie.rpc.internal.events.Counters;
import io.coterie.rpc.internal.wire.Failure;
import io.coterie.rpc.internal.wire.Message;
import io.coterie.rpc.internal.wire.Outlet;
import java.nio.BufferOverflowException;
import org.jspecify.annotations.Nullable;

/** Writes answers, and keeps those that may be asked for again. */
public final class Answers {
    private final World world;
    private final Outlet outlet;
    private final ReplyCache kept;
    private final Counters counters;

    public Answers(World world, Outlet outlet, ReplyCache kept, Counters counters) {
        this.world = world;
        this.outlet = outlet;
        this.kept = kept;
        this.counters = counters;
    }

    long nanos() {
        return world.clock().nanos();
    }

    /** Sends the answer to an exchange, and ends it. */
    <R> void reply(Exchange<?, R> exchange, R response) {
        if (isOfUse(exchange)) {
            encode(exchange.correlation(), exchange.served(), response);
            end(exchange, exchange.session());
        } else {
            exchange.close();
        }
    }

    /** Sends that a handler has failed, or that it was not asked, and ends the exchange. */
    void fail(Exchange<?, ?> exchange, Failure failure) {
        if (failure.code() == Failure.HANDLER_FAILED) {
            counters.handlerFailures.add(1);
        }
        if (isOfUse(exchange)) {
            encode(exchange.correlation(), failure);
            end(exchange, exchange.session());
        } else {
            exchange.close();
        }
    }

    /** Sends an answer that nobody will ask for again. */
    <R> void reply(NodeId caller, long correlation, Served<?, R> served, R response) {
        encode(correlation, served, response);
        sendOrSay(caller, correlation);
    }

    /** Sends a failure that nobody will ask for again. */
    void fail(NodeId caller, long correlation, Failure failure) {
        encode(correlation, failure);
        send(caller);
    }

    /** Sends that a call is not executed, and sees to it that no copy of it ever is. */
    void refuse(NodeId caller, long correlation, Failure failure, @Nullable Session session, long sequence) {
        encode(correlation, failure);
        if (session != null) {
            kept.keep(session, sequence, outlet.copy());
        }
        send(caller);
    }

    /** Sends the kept answer of a call, as the answer to another copy of its request. */
    void replyAgain(NodeId caller, byte[] answer, long correlation) {
        countIfDropped(outlet.sendAgain(caller, answer, correlation));
    }

    /**
     * Sends an answer, or says why not to a caller who would otherwise wait for it until its deadline: over a transport that tells of
     * loss it hears nothing else of an answer that did not leave.
     */
    private void sendOrSay(NodeId caller, long correlation) {
        boolean sent = outlet.send(caller);
        countIfDropped(sent);
        if (!sent && outlet.tellsOfLoss()) {
            RpcException refusal = outlet.refusal(caller);
            if (refusal instanceof OverloadedException || refusal instanceof MessageTooLargeException) {
                fail(caller, correlation, Failure.ofAnswer(refusal));
            }
        }
    }

    private void send(NodeId caller) {
        countIfDropped(outlet.send(caller));
    }

    private void countIfDropped(boolean sent) {
        if (!sent) {
            counters.answersDropped.add(1);
        }
    }

    private boolean isOfUse(Exchange<?, ?> exchange) {
        return exchange.session() != null || isAwaited(exchange);
    }

    private boolean isAwaited(Exchange<?, ?> exchange) {
        return exchange.isCall() && !exchange.isExpired(nanos());
    }

    private void end(Exchange<?, ?> exchange, @Nullable Session session) {
        boolean awaited = isAwaited(exchange);
        if (session != null) {
            // Before it ends: at each moment the call is known as running, or by its answer.
            kept.keep(session, exchange.sequence(), outlet.copy());
        }
        exchange.close();
        if (awaited && session == null) {
            sendOrSay(exchange.caller(), exchange.correlation());
        } else if (awaited) {
            // The caller may ask again, and gets what was kept.
            send(exchange.caller());
        }
    }

    private <R> void encode(long correlation, Served<?, R> served, R response) {
        ByteWriter out = outlet.begin();
        Message.putAnswer(out, Message.REPLY, correlation);
        int header = out.size();
        try {
            served.method().response().encode(response, out);
            if (out.size() - header > outlet.maxPayloadBytes()) {
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
                "the answer takes more than " + outlet.maxPayloadBytes()
                        + " bytes; ask for less at once, or raise maxPayloadBytes on all nodes");
    }

    private void encode(long correlation, Failure failure) {
        ByteWriter out = outlet.begin();
        Message.putAnswer(out, Message.FAILURE, correlation);
        failure.writeTo(out);
    }
}
