package io.coterie.consistency.simulated.members;

import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A node that breaks rules of changes of the members by what it sends, hears and serves. */
final class BrokenNode implements InvocationHandler {
    /** What is broken. */
    interface Break {
        /** What is sent to the next group in place of a part; null for nothing. */
        default @Nullable Known sent(Known known) {
            return known;
        }

        /** What a member seems to have listed. */
        default Page listed(Page page) {
            return page;
        }

        /** Whether this node's own list passes for that of every member. */
        default boolean listsForAll() {
            return false;
        }

        /** Whether newcomers seem to take what they are never sent. */
        default boolean passesOverNewcomers() {
            return false;
        }

        /** Whether requests are served for whatever group they were made. */
        default boolean servesAnyEpoch() {
            return false;
        }

        /** Whether members list that do not know of the change yet, and serve rounds of before. */
        default boolean listsBeforeTheBarrier() {
            return false;
        }

        /** Whether a configuration is handed over as soon as it is proposed. */
        default boolean adoptsProposals() {
            return false;
        }

        /** Whether keepers choose once more for an epoch that is over. */
        default boolean keepsForPastEpochs() {
            return false;
        }

        /** Whether a replica passes over that others remember a later start of it. */
        default boolean believesItsCopy() {
            return false;
        }
    }

    private static final ReplyHandler<Long> UNHEARD = new ReplyHandler<>() {
        @Override
        public void onReply(NodeId peer, Long epoch) {}

        @Override
        public void onFailure(NodeId peer, RpcException failure) {}
    };

    private final RpcNode node;
    private final Break how;
    private final NodeLoop loop;
    private @Nullable NodeReplication replication;

    private BrokenNode(RpcNode node, Break how) {
        this.node = node;
        this.how = how;
        this.loop = (NodeLoop)
                Proxy.newProxyInstance(NodeLoop.class.getClassLoader(), new Class<?>[] {NodeLoop.class}, this::onLoop);
    }

    static Variant variant(Break how) {
        return Variant.CORRECT
                .withNode(node -> (RpcNode) Proxy.newProxyInstance(
                        RpcNode.class.getClassLoader(), new Class<?>[] {RpcNode.class}, new BrokenNode(node, how)))
                .withObserved(replication -> {
                    NodeReplication started = NodeReplication.of(replication.loop());
                    ((BrokenNode) Proxy.getInvocationHandler(started.node())).replication = started;
                });
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public @Nullable Object invoke(Object proxy, Method called, Object @Nullable [] arguments) throws Throwable {
        if (called.getName().equals("loop")) {
            return loop;
        }
        if (called.getName().equals("serveInline")) {
            InlineHandler handler = (InlineHandler) Objects.requireNonNull(arguments)[1];
            InlineHandler open = (caller, request, answer) -> {
                if (!how.keepsForPastEpochs() || !keeps(request, answer)) {
                    handler.handle(caller, asOfNow(request), answer);
                }
            };
            return call(node, called, new Object[] {arguments[0], open});
        }
        return call(node, called, arguments);
    }

    private Object asOfNow(Object request) {
        Placement now = placement();
        if (now != null && how.servesAnyEpoch() && request instanceof Addressed<?> addressed) {
            return new Addressed<>(now.since(), addressed.incarnation(), addressed.request());
        }
        return now != null && how.listsBeforeTheBarrier() && request instanceof ListMethod.Request list
                ? new ListMethod.Request(now.since(), list.incarnation(), list.states(), list.mostBytes(), list.scope())
                : request;
    }

    /** Answers for an epoch that is over, as if nothing were accepted in it. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private boolean keeps(Object request, Responder answer) {
        if (request instanceof KeeperMethods.Prepare prepare && isOver(prepare.instance())) {
            answer.reply(new KeeperMethods.Promise(
                    prepare.instance().incarnation(), Witness.VOTED, List.of(), prepare.ballot(), Ballot.NONE, null));
            return true;
        }
        if (request instanceof KeeperMethods.Accept accept && isOver(accept.instance())) {
            answer.reply(accept.ballot());
            return true;
        }
        return false;
    }

    private boolean isOver(KeeperMethods.Instance instance) {
        NodeReplication started = replication;
        Configuration adopted = started == null ? null : started.configuration();
        return adopted != null && instance.base() > 0 && instance.base() < adopted.epoch();
    }

    private @Nullable Placement placement() {
        NodeReplication started = replication;
        Configuration adopted = started == null ? null : started.configuration();
        return adopted == null ? null : adopted.placement(0);
    }

    private @Nullable Object onLoop(Object proxy, Method called, Object @Nullable [] arguments) throws Throwable {
        return called.getName().equals("send") && Objects.requireNonNull(arguments).length == 5
                ? send(
                        (NodeId) arguments[0],
                        (RpcMethod<?, ?>) arguments[1],
                        arguments[2],
                        (long) arguments[3],
                        (ReplyHandler<?>) arguments[4])
                : call(node.loop(), called, arguments);
    }

    private static @Nullable Object call(Object target, Method called, Object @Nullable [] arguments) throws Throwable {
        try {
            return called.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private boolean send(NodeId peer, RpcMethod method, Object request, long timeoutNanos, ReplyHandler reply) {
        if (request instanceof TransferMethod.Request transfer) {
            return transfer(peer, method, transfer, timeoutNanos, reply);
        }
        if (request instanceof RegisterMethod.Request register && how.believesItsCopy()) {
            return register(peer, register, timeoutNanos, reply);
        }
        if (request instanceof KeeperMethods.Accept accept && how.adoptsProposals()) {
            node.loop().send(peer, KeeperMethods.ADOPT, accept.configuration(), timeoutNanos, UNHEARD);
        }
        if (!(request instanceof ListMethod.Request list)) {
            return node.loop().send(peer, method, request, timeoutNanos, reply);
        }
        Placement now = placement();
        boolean own = how.listsForAll() && now != null;
        ListMethod.Request asked = own
                ? new ListMethod.Request(
                        list.since(), now.incarnationOf(node.self()), list.states(), list.mostBytes(), list.scope())
                : list;
        return node.loop().send(own ? node.self() : peer, method, asked, timeoutNanos, new ReplyHandler<Page>() {
            @Override
            public void onReply(NodeId from, Page page) {
                reply.onReply(peer, how.listed(page));
            }

            @Override
            public void onFailure(NodeId from, RpcException failure) {
                reply.onFailure(from, failure);
            }
        });
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private boolean register(NodeId peer, RegisterMethod.Request request, long timeoutNanos, ReplyHandler reply) {
        return node.loop().send(peer, RegisterMethod.METHOD, request, timeoutNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId from, RegisterMethod.Answer answer) {
                Remembered remembered = answer.remembered();
                boolean isOwn = remembered != null && remembered.incarnation() == request.incarnation();
                reply.onReply(
                        from,
                        isOwn
                                ? new RegisterMethod.Answer(
                                        answer.witness(), new Remembered(request.incarnation(), request.start()))
                                : answer);
            }

            @Override
            public void onFailure(NodeId from, RpcException failure) {
                reply.onFailure(from, failure);
            }
        });
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private boolean transfer(
            NodeId peer, RpcMethod method, TransferMethod.Request request, long timeoutNanos, ReplyHandler reply) {
        Placement now = placement();
        if (how.passesOverNewcomers()
                && now != null
                && now.group().stream().noneMatch(member -> member.id().node().equals(peer))) {
            node.world().scheduler().execute(() -> reply.onReply(peer, new TransferMethod.Answer(List.of())));
            return true;
        }
        List<Known> known =
                request.known().stream().map(how::sent).filter(Objects::nonNull).toList();
        return node.loop()
                .send(
                        peer,
                        method,
                        new TransferMethod.Request(request.since(), request.incarnation(), request.stores(), known),
                        timeoutNanos,
                        reply);
    }
}
