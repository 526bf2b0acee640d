package io.coterie.rpc.internal.core;

import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.internal.client.Caller;
import io.coterie.rpc.internal.util.Nanos;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.Transport;
import java.util.Set;

/** What protocols on the loop ask of a node. */
final class LoopCalls implements NodeLoop {
    private final NodeId self;
    private final Scheduler scheduler;
    private final Transport transport;
    private final Caller caller;
    private final PeerChanges changes;

    LoopCalls(NodeId self, Scheduler scheduler, Transport transport, Caller caller) {
        this.self = self;
        this.scheduler = scheduler;
        this.transport = transport;
        this.caller = caller;
        this.changes = new PeerChanges(self, scheduler, transport, caller);
    }

    @Override
    public <Q, R> boolean send(
            NodeId peer, RpcMethod<Q, R> method, Q request, long timeoutNanos, ReplyHandler<R> reply) {
        requireLoop();
        if (timeoutNanos <= 0) {
            throw new IllegalArgumentException("timeoutNanos " + timeoutNanos + " is not above zero");
        }
        return caller.send(peer, method, request, Math.min(timeoutNanos, Nanos.MAX), reply);
    }

    @Override
    public <Q> void tell(NodeId peer, RpcMethod<Q, ?> method, Q request) {
        requireLoop();
        caller.tell(peer, method, request, false);
    }

    @Override
    public <Q> void tellUrgent(NodeId peer, RpcMethod<Q, ?> method, Q request) {
        requireLoop();
        caller.tell(peer, method, request, true);
    }

    @Override
    public void flush(NodeId peer) {
        requireLoop();
        caller.flush(peer);
    }

    @Override
    public void setPeer(NodeId peer, HostPort address) {
        requireLoop();
        changes.setPeer(peer, address);
    }

    @Override
    public void removePeer(NodeId peer) {
        requireLoop();
        changes.removePeer(peer);
    }

    @Override
    public void setReplicas(Set<NodeId> names) {
        requireLoop();
        changes.setReplicas(names);
    }

    @Override
    public Role role(NodeId peer) {
        return peer.equals(self) ? Role.REPLICA : changes.limit(peer, transport.role(peer));
    }

    @Override
    public long silenceNanos(NodeId peer) {
        return transport.silenceNanos(peer);
    }

    private void requireLoop() {
        if (!scheduler.inLoop()) {
            throw new IllegalStateException(
                    "node " + self + ": this method must be called on the node's loop; hand a task"
                            + " to world().scheduler().execute, or use call()");
        }
    }
}
