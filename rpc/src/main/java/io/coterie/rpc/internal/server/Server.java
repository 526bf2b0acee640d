package io.coterie.rpc.internal.server;

import io.coterie.rpc.internal.events.FlightEvents;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.util.LongMap;
import io.coterie.rpc.internal.util.Nanos;
import io.coterie.rpc.internal.util.PeerTable;
import io.coterie.rpc.internal.wire.Failure;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The serving side. It finds the handler of each request, and runs it unless the caller no longer
 * waits, or the call has run before.
 */
public final class Server {
    private static final long MAX_MICROS = Nanos.MAX / 1000;

    private final World world;
    private final Function<NodeId, Role> roles;
    private final ReplyWriter replyWriter;
    private final AdmissionControl admission;
    private final ReplyCache kept;
    private final NodeCounters counters;
    private final Nobody nobody;
    private final int maxOpen;
    private final long memoryNanos;
    private final PeerTable<CallingPeer> callers = new PeerTable<>(CallingPeer::new);

    private volatile LongMap<MethodBinding<?, ?>> methods = new LongMap<>();

    /**
     * How long the caller waits whose request the loop handles right now; zero if there is none.
     */
    private long inlineNanos;

    /**
     * The serving side of a node.
     *
     * @param roles which role a caller has here
     * @param maxOpen how many requests of one peer may be unanswered at once
     * @param memoryNanos how long a call that must not be executed twice is remembered if its
     *     handler does not answer
     */
    public Server(
            World world,
            Function<NodeId, Role> roles,
            ReplyWriter replyWriter,
            AdmissionControl admission,
            ReplyCache kept,
            NodeCounters counters,
            int maxOpen,
            long memoryNanos) {
        this.world = world;
        this.roles = roles;
        this.replyWriter = replyWriter;
        this.admission = admission;
        this.kept = kept;
        this.counters = counters;
        this.nobody = new Nobody(counters);
        this.maxOpen = maxOpen;
        this.memoryNanos = memoryNanos;
    }

    /** Serves a method from now on. May be called by any thread. */
    public synchronized void add(MethodBinding<?, ?> binding) {
        String name = binding.method().name();
        LongMap<MethodBinding<?, ?>> changed = methods.copy();
        MethodBinding<?, ?> before = changed.put(binding.methodId(), binding);
        if (before != null) {
            String other = before.method().name();
            throw new IllegalStateException(
                    other.equals(name)
                            ? "method " + name + " is served already"
                            : "methods " + name + " and " + other + " have the same number on the wire; rename one");
        }
        methods = changed;
    }

    /** Takes a request. */
    public void onRequest(
            NodeId from, long correlation, int methodId, int signature, long remainingMicros, ByteBuffer payload) {
        counters.requests.add(1);
        MethodBinding<?, ?> binding = bindingFor(from, correlation, methodId, signature, remainingMicros, null, 0);
        if (binding != null) {
            serve(from, correlation, binding, remainingMicros, payload);
        }
    }

    /**
     * Takes a request that must not be executed twice; its payload begins with what identifies the
     * call.
     */
    public void onRequestOnce(
            NodeId from, long correlation, int methodId, int signature, long remainingMicros, ByteBuffer payload) {
        counters.requests.add(1);
        Session session = kept.session(from, payload.getLong());
        long number = payload.getLong();
        long sequence = payload.getLong();
        long firstOpen = payload.getLong();
        if (number != session.number()) {
            replyWriter.fail(from, correlation, Failure.otherSession(session.number()));
            return;
        }
        kept.acknowledge(session, firstOpen);
        if (repeat(from, correlation, remainingMicros, session, sequence)) {
            counters.repeated.add(1);
            return;
        }
        MethodBinding<?, ?> binding =
                bindingFor(from, correlation, methodId, signature, remainingMicros, session, sequence);
        if (binding != null) {
            serveOnce(from, correlation, binding, remainingMicros, payload, session, sequence);
        }
    }

    /** Takes a request that has no answer. */
    public void onTell(NodeId from, int methodId, int signature, ByteBuffer payload) {
        MethodBinding<?, ?> binding = methods.get(methodId);
        if (binding != null && mayCall(from, binding) && binding.reads(signature)) {
            tell(from, binding, payload);
        }
    }

    /** The caller no longer waits for that request. */
    public void onCancel(NodeId from, long correlation) {
        CallingPeer peer = callers.find(from);
        ServerCall<?, ?> call = peer == null ? null : peer.find(correlation);
        if (call != null) {
            call.cancel();
            admission.cancelled(call);
        }
    }

    /** The caller no longer waits for any of its earlier requests. */
    public void onDisconnected(NodeId from) {
        CallingPeer peer = callers.find(from);
        if (peer != null) {
            admission.disconnected(peer);
            peer.tidy(world.clock().nanos(), memoryNanos);
        }
    }

    /** Handles no further requests. */
    public void close() {
        admission.close();
    }

    /**
     * The deadline of the request that the loop handles right now, or {@code otherwise} if there is
     * none.
     */
    public long inlineDeadline(long now, long otherwise) {
        return inlineNanos == 0 ? otherwise : now + inlineNanos;
    }

    /**
     * The binding of the method, or null if the request cannot be served; the caller then gets the
     * reason.
     */
    private @Nullable MethodBinding<?, ?> bindingFor(
            NodeId from,
            long correlation,
            int methodId,
            int signature,
            long remainingMicros,
            @Nullable Session session,
            long sequence) {
        if (remainingMicros <= 0) {
            counters.expired.add(1);
            return null;
        }
        MethodBinding<?, ?> binding = methods.get(methodId);
        if (binding == null) {
            replyWriter.refuse(from, correlation, Failure.of(Failure.UNKNOWN_METHOD, ""), session, sequence);
        } else if (!mayCall(from, binding)) {
            Failure failure = Failure.notPermitted(binding.method().minRole(), roles.apply(from));
            replyWriter.refuse(from, correlation, failure, session, sequence);
            return null;
        } else if (!binding.reads(signature)) {
            replyWriter.refuse(
                    from, correlation, Failure.of(Failure.OTHER_CODECS, binding.codecs()), session, sequence);
            return null;
        }
        return binding;
    }

    private boolean mayCall(NodeId from, MethodBinding<?, ?> binding) {
        Role required = binding.method().minRole();
        return required == Role.READER || roles.apply(from).covers(required);
    }

    /**
     * Whether the call was here before. If so, it gets the answer of that time once there is one,
     * or a failure if that is gone.
     */
    private boolean repeat(NodeId from, long correlation, long remainingMicros, Session session, long sequence) {
        Session.Running running = session.running(sequence);
        if (running != null) {
            running.waitFor(correlation, deadlineIn(remainingMicros));
            return true;
        }
        byte[] answer = kept.find(session, sequence);
        if (answer != null) {
            replyWriter.replyAgain(from, answer, correlation);
            return true;
        }
        if (session.mayHaveForgotten(sequence)) {
            replyWriter.fail(
                    from,
                    correlation,
                    Failure.of(
                            Failure.FORGOTTEN,
                            "it may have run, but its answer is gone; raise replyCacheBytes or replyCacheTtl at the peer"));
            return true;
        }
        return false;
    }

    private <Q, R> void serve(
            NodeId from, long correlation, MethodBinding<Q, R> binding, long remainingMicros, ByteBuffer payload) {
        Q request;
        try {
            request = binding.method().request().decode(payload);
        } catch (Throwable e) {
            replyWriter.fail(from, correlation, Failure.unreadable(e));
            return;
        }
        if (binding.handler() instanceof MethodBinding.AtOnce<Q, R> handler) {
            handleAtOnce(from, correlation, binding, handler, request, remainingMicros);
        } else {
            begin(new ServerCall<>(
                    replyWriter,
                    callers.of(from),
                    binding,
                    request,
                    correlation,
                    deadlineIn(remainingMicros),
                    null,
                    0));
        }
    }

    private <Q, R> void serveOnce(
            NodeId from,
            long correlation,
            MethodBinding<Q, R> binding,
            long remainingMicros,
            ByteBuffer payload,
            Session session,
            long sequence) {
        Q request;
        try {
            request = binding.method().request().decode(payload);
        } catch (Throwable e) {
            replyWriter.refuse(from, correlation, Failure.unreadable(e), session, sequence);
            return;
        }
        begin(new ServerCall<>(
                replyWriter,
                callers.of(from),
                binding,
                request,
                correlation,
                deadlineIn(remainingMicros),
                session,
                sequence));
    }

    private <Q, R> void tell(NodeId from, MethodBinding<Q, R> binding, ByteBuffer payload) {
        Q request;
        try {
            request = binding.method().request().decode(payload);
        } catch (Throwable e) {
            return;
        }
        if (binding.handler() instanceof MethodBinding.Inline<Q, R> handler) {
            handleUnanswered(from, handler, request);
        } else {
            handle(ServerCall.oneWay(replyWriter, callers.of(from), binding, request, deadlineIn(MAX_MICROS)));
        }
    }

    /** The short way: nobody waits for an answer. Heartbeats come so, and it allocates nothing. */
    private <Q, R> void handleUnanswered(NodeId from, MethodBinding.Inline<Q, R> handler, Q request) {
        inlineNanos = MAX_MICROS * 1000;
        try {
            handler.code().handle(from, request, nobody.waiting());
        } catch (Throwable e) {
            nobody.fail(e);
        } finally {
            inlineNanos = 0;
        }
    }

    private void begin(ServerCall<?, ?> call) {
        CallingPeer peer = call.peer();
        if (peer.find(call.correlation()) != null) {
            // A copy, or a peer that gives two calls one number: only the first can be cancelled or
            // answered.
            return;
        }
        if (!peer.mayOpen(maxOpen, world.clock().nanos(), memoryNanos)) {
            refuseAsOverload(call);
            return;
        }
        peer.opened(call);
        Session session = call.session();
        if (session != null) {
            session.begin(call.sequence(), call);
        }
        handle(call);
    }

    private void refuseAsOverload(ServerCall<?, ?> call) {
        String reason = maxOpen + " requests of " + call.caller() + " are not answered yet";
        counters.refused.add(1);
        FlightEvents.refused(call.caller(), reason);
        call.refuse(Failure.of(Failure.OVERLOADED, reason));
    }

    private <Q, R> void handle(ServerCall<Q, R> call) {
        if (call.binding().handler() instanceof MethodBinding.Blocking<Q, R>) {
            admission.enter(call);
            return;
        }
        inlineNanos = Math.max(1, call.deadline() - world.clock().nanos());
        try {
            if (call.binding().handler() instanceof MethodBinding.Inline<Q, R> handler) {
                handler.code().handle(call.caller(), call.request(), call);
            } else if (call.binding().handler() instanceof MethodBinding.AtOnce<Q, R> handler) {
                call.reply(handler.code().handle(call.caller(), call.request()));
            }
        } catch (Throwable e) {
            call.fail(e);
        } finally {
            inlineNanos = 0;
        }
    }

    /**
     * The short way: the call is answered before anything else happens, so it needs no {@link
     * ServerCall}.
     */
    private <Q, R> void handleAtOnce(
            NodeId from,
            long correlation,
            MethodBinding<Q, R> binding,
            MethodBinding.AtOnce<Q, R> handler,
            Q request,
            long remainingMicros) {
        R response;
        inlineNanos = Math.min(remainingMicros, MAX_MICROS) * 1000;
        try {
            response = handler.code().handle(from, request);
        } catch (Throwable e) {
            Failure failure = Failure.ofHandler(e);
            if (failure.code() == Failure.HANDLER_FAILED) {
                counters.handlerFailures.add(1);
            }
            replyWriter.fail(from, correlation, failure);
            return;
        } finally {
            inlineNanos = 0;
        }
        replyWriter.reply(from, correlation, binding, response);
    }

    private long deadlineIn(long remainingMicros) {
        return world.clock().nanos() + Math.min(remainingMicros, MAX_MICROS) * 1000;
    }
}
