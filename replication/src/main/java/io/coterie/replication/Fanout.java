package io.coterie.replication;

import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RemoteException;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.RpcMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to all replicas: to the local one by a direct call, to the others by a message, and again to those that did
 * not answer, until the gathering has enough or the time is over. It waits for nobody in particular, so that a dead
 * replica costs nothing.
 */
final class Fanout<Q, A> implements QuorumCall, ReplyHandler<A> {
    private final Replication replication;
    private final List<NodeId> replicas;
    private final RpcMethod<Q, A> method;
    private final @Nullable InlineHandler<Q, A> local;
    private final Q request;
    private final @Nullable StoreSpec store;
    private final long deadline;
    private final Gathering<A> gathering;
    private final boolean[] answered;
    private final int[] failures;
    private final @Nullable String[] problems;
    private boolean over;

    Fanout(
            Replication replication,
            RpcMethod<Q, A> method,
            @Nullable InlineHandler<Q, A> local,
            Q request,
            @Nullable StoreSpec store,
            long deadline,
            Gathering<A> gathering) {
        this.replication = replication;
        this.replicas = replication.replicas();
        this.method = method;
        this.local = local;
        this.request = request;
        this.store = store;
        this.deadline = deadline;
        this.gathering = gathering;
        this.answered = new boolean[replicas.size()];
        this.failures = new int[replicas.size()];
        this.problems = new String[replicas.size()];
    }

    /** Asks the remote replicas first: their answers take longest. */
    void start() {
        int self = -1;
        for (int i = 0; i < replicas.size(); i++) {
            if (replicas.get(i).equals(replication.self())) {
                self = i;
            } else {
                ask(i);
            }
        }
        if (self >= 0) {
            ask(self);
        }
    }

    @Override
    public void cancel() {
        over = true;
    }

    @Override
    public Map<NodeId, String> said() {
        Map<NodeId, String> said = new LinkedHashMap<>();
        for (int i = 0; i < answered.length; i++) {
            String problem = problems[i];
            said.put(replicas.get(i), answered[i] ? "answered" : problem != null ? problem : "no answer yet");
        }
        return said;
    }

    @Override
    public void onReply(NodeId peer, A answer) {
        answered(replicas.indexOf(peer), answer);
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        int index = replicas.indexOf(peer);
        String kind = failure instanceof RemoteException remote ? remote.type() : "";
        refused(index, kind, replication.describe(peer, failure));
    }

    private void ask(int index) {
        if (over || answered[index]) {
            return;
        }
        NodeId replica = replicas.get(index);
        InlineHandler<Q, A> direct = local;
        if (direct != null && replica.equals(replication.self())) {
            direct.handle(replica, request, new LocalAnswer(index));
        } else {
            long left = deadline - replication.world().clock().nanos();
            if (left > 0) {
                replication.node().send(replica, method, request, Math.min(left, replication.attemptNanos()), this);
            }
        }
    }

    private void answered(int index, A answer) {
        if (over || answered[index]) {
            return;
        }
        answered[index] = true;
        over = gathering.onAnswer(replicas.get(index), answer);
    }

    private void refused(int index, String kind, String problem) {
        if (kind.equals(ReplicaRefusal.UnknownStore.class.getName())) {
            introduceStore(index);
        } else if (kind.equals(ReplicaRefusal.OtherPolicy.class.getName())) {
            problems[index] = problem;
            gathering.onOtherPolicy(replicas.get(index), problem);
        } else if (kind.equals(ReplicaRefusal.OtherReplicas.class.getName())) {
            problems[index] = problem;
            gathering.onOtherReplicas(replicas.get(index), problem);
        } else {
            failed(index, problem);
        }
    }

    private void failed(int index, String problem) {
        if (over || answered[index]) {
            return;
        }
        problems[index] = problem;
        failures[index]++;
        gathering.onProblem(replicas.get(index), problem);
        if (!gathering.asksAgain(replicas.get(index), failures[index])) {
            return;
        }
        long wait = replication
                .retry()
                .backoffNanos(failures[index], replication.world().random());
        if (replication.world().clock().nanos() + wait - deadline < 0) {
            replication.world().scheduler().schedule(wait, () -> ask(index));
        }
    }

    /** The replica was away when the store was opened. */
    private void introduceStore(int index) {
        if (over || store == null) {
            return;
        }
        replication.introduceStore(replicas.get(index), store, problem -> {
            if (problem == null) {
                ask(index);
            } else {
                failed(index, problem);
            }
        });
    }

    private final class LocalAnswer implements Responder<A> {
        private final int index;

        LocalAnswer(int index) {
            this.index = index;
        }

        @Override
        public void reply(A response) {
            answered(index, response);
        }

        @Override
        public void fail(Throwable error) {
            refused(index, error.getClass().getName(), String.valueOf(error.getMessage()));
        }
    }
}
