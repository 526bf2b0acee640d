package io.coterie.rpc.internal;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.World;
import java.nio.BufferOverflowException;
import org.jspecify.annotations.Nullable;

/** Writes answers, and keeps those that may be asked for again. */
final class Answers {
    private final World world;
    private final Outlet outlet;
    private final ReplyCache kept;
    private final Counters counters;

    /** What has not been answered yet, by the number that its caller knows it by. */
    private final LongMap<Exchange<?, ?>> open = new LongMap<>();

    Answers(World world, Outlet outlet, ReplyCache kept, Counters counters) {
        this.world = world;
        this.outlet = outlet;
        this.kept = kept;
        this.counters = counters;
    }

    long nanos() {
        return world.clock().nanos();
    }

    /** A request came that will be answered. */
    void opened(Exchange<?, ?> exchange) {
        open.put(exchange.correlation(), exchange);
        if (exchange.session() != null) {
            exchange.session().begin(exchange.sequence(), exchange);
        }
    }

    /** Its caller knows it by another number from now on. */
    void renamed(Exchange<?, ?> exchange, long correlation) {
        open.remove(exchange.correlation());
        open.put(correlation, exchange);
    }

    /** It will not be answered again. */
    void closed(Exchange<?, ?> exchange) {
        if (open.get(exchange.correlation()) == exchange) {
            open.remove(exchange.correlation());
        }
        if (exchange.session() != null) {
            exchange.session().end(exchange.sequence());
        }
    }

    /** The request of that caller and number, if it has not been answered. */
    @Nullable
    Exchange<?, ?> find(NodeId caller, long correlation) {
        Exchange<?, ?> exchange = open.get(correlation);
        return exchange != null && exchange.caller().equals(caller) ? exchange : null;
    }

    /** Sends the answer to an exchange. */
    <R> void reply(Exchange<?, R> exchange, R response) {
        if (isOfUse(exchange)) {
            encode(exchange.correlation(), exchange.served(), response);
            send(exchange, exchange.session());
        }
    }

    /** Sends that a handler has failed, or that it was not asked. */
    void fail(Exchange<?, ?> exchange, Failure failure) {
        if (isOfUse(exchange)) {
            encode(exchange.correlation(), failure);
            send(exchange, exchange.session());
        }
    }

    /** Sends an answer that nobody will ask for again. */
    <R> void reply(NodeId caller, long correlation, Served<?, R> served, R response) {
        encode(correlation, served, response);
        outlet.send(caller);
    }

    /** Sends a failure that nobody will ask for again. */
    void fail(NodeId caller, long correlation, Failure failure) {
        encode(correlation, failure);
        outlet.send(caller);
    }

    /** Sends that a call is not executed, and sees to it that no copy of it ever is. */
    void refuse(NodeId caller, long correlation, Failure failure, @Nullable Session session, long sequence) {
        encode(correlation, failure);
        if (session != null) {
            kept.keep(session, sequence, outlet.copy());
        }
        outlet.send(caller);
    }

    private boolean isOfUse(Exchange<?, ?> exchange) {
        return exchange.session() != null || isAwaited(exchange);
    }

    private boolean isAwaited(Exchange<?, ?> exchange) {
        return exchange.isCall() && !exchange.isExpired(nanos());
    }

    private void send(Exchange<?, ?> exchange, @Nullable Session session) {
        if (session != null) {
            kept.keep(session, exchange.sequence(), outlet.copy());
        }
        if (isAwaited(exchange)) {
            outlet.send(exchange.caller());
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
        } catch (RuntimeException e) {
            encode(correlation, Failure.ofHandler(e));
        }
    }

    private Failure tooLarge() {
        return Failure.of(
                Failure.REPLY_TOO_LARGE,
                "the answer takes more than " + outlet.maxPayloadBytes()
                        + " bytes; ask for less at once, or raise maxPayloadBytes on all nodes");
    }

    private void encode(long correlation, Failure failure) {
        if (failure.code() == Failure.HANDLER_FAILED) {
            counters.handlerFailures.add(1);
        }
        ByteWriter out = outlet.begin();
        Message.putAnswer(out, Message.FAILURE, correlation);
        failure.writeTo(out);
    }
}
