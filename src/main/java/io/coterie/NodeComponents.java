package io.coterie;

import io.coterie.consistency.Consistency;
import io.coterie.consistency.internal.replica.CopyRepair;
import io.coterie.consistency.internal.replica.MemberChanges;
import io.coterie.consistency.internal.replica.SettlingReads;
import io.coterie.consistency.internal.replica.TombstoneCollector;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.change.Changes;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.error.ListenException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The components of a node, started from the lowest up. If one cannot start, those below it are
 * closed again.
 *
 * @param changes the replica's part in changes of the members; null for a client
 * @param storage where the records are kept; null for a client
 */
record NodeComponents(
        RpcNode node,
        Replication replication,
        FailureDetector detector,
        @Nullable Changes changes,
        @Nullable Storage storage) {
    /** The default failure detector suspects a peer after about as many. */
    private static final int GRACE_HEARTBEATS = 10;

    /** The longest grace that can be set. */
    private static final Duration MAX_GRACE = Duration.ofHours(1);

    /** Room for the key, and for an acceptor's record without the value. */
    private static final int RECORD_OVERHEAD_BYTES = 15 << 10;

    /** Room in a message for everything but the value. */
    private static final int MESSAGE_OVERHEAD_BYTES = RECORD_OVERHEAD_BYTES + (1 << 10);

    static NodeComponents start(CoterieBuilder settings, String cluster, NodeId self) {
        List<NodeId> replicas = List.copyOf(settings.replicas.keySet());
        List<NodeId> others =
                replicas.stream().filter(replica -> !replica.equals(self)).toList();
        Storage given = settings.storage.given();
        Storage storage = given == null ? Storage.memory() : given;
        ReplicationOptions options = new ReplicationOptions(
                        settings.attemptTimeout.get(), settings.retry.get(), grace(settings), Consistency.rules())
                .withReadOnly(settings.readOnly)
                .withAddresses(addresses(settings))
                .withJoining(settings.joining.or(List.of()));
        RpcNode node = settings.around.apply(startNode(settings, cluster, self, storage));
        Replication replication = null;
        try {
            replication = Replication.start(node, replicas, storage, options);
            TombstoneCollector.start(replication);
            CopyRepair.start(replication);
            SettlingReads.start(replication);
            Changes changes = MemberChanges.start(
                    replication,
                    options.addresses().getOrDefault(self, ""),
                    settings.transfers,
                    settings.autoReplace.given());
            FailureDetector detector = FailureDetector.start(node, others, settings.failureDetector.get());
            countSilence(detector, replication);
            watchMembers(detector, replication, others);
            return new NodeComponents(node, replication, detector, changes, replicas.contains(self) ? storage : null);
        } catch (Throwable e) {
            if (replication != null) {
                replication.close();
            }
            node.close();
            throw e;
        }
    }

    private static Map<NodeId, String> addresses(CoterieBuilder settings) {
        Map<NodeId, String> addresses = new LinkedHashMap<>();
        settings.replicas.forEach((id, address) -> {
            if (address != null) {
                addresses.put(id, address.toString());
            }
        });
        return addresses;
    }

    /** The list of the builder is where a cluster begins; afterwards its configuration counts. */
    private static void watchMembers(FailureDetector detector, Replication replication, List<NodeId> others) {
        Set<NodeId> watched = new HashSet<>(others);
        NodeReplication.of(replication.loop()).onConfiguration(adopted -> {
            Set<NodeId> members = adopted.members().stream()
                    .map(member -> member.id().node())
                    .filter(member -> !member.equals(replication.self()))
                    .collect(Collectors.toSet());
            watched.stream().filter(peer -> !members.contains(peer)).forEach(detector::unwatch);
            members.forEach(detector::watch);
            watched.clear();
            watched.addAll(members);
        });
    }

    private static void countSilence(FailureDetector detector, Replication replication) {
        detector.addListener(
                (peer, before, now) -> {
                    if (now.isGone()) {
                        replication.loop().onSilence(peer);
                    }
                },
                Runnable::run);
    }

    private static Duration grace(CoterieBuilder settings) {
        Duration chosen = settings.majorityGrace.given();
        if (chosen != null) {
            return chosen;
        }
        Duration heartbeat = settings.failureDetector.get().heartbeatInterval();
        return heartbeat.compareTo(MAX_GRACE.dividedBy(GRACE_HEARTBEATS)) > 0
                ? MAX_GRACE
                : heartbeat.multipliedBy(GRACE_HEARTBEATS);
    }

    private static RpcNode startNode(CoterieBuilder settings, String cluster, NodeId self, Storage storage) {
        RpcNodeBuilder builder = RpcNode.builder()
                .cluster(cluster)
                .self(self)
                .maxPayloadBytes(maxValueBytes(settings) + RECORD_OVERHEAD_BYTES)
                .reconnect(settings.retry.get())
                .security(settings.security.get())
                .idle(settings.idle.get());
        Executor executor = settings.executor.given();
        if (executor != null) {
            builder.executor(executor);
        }
        Transport transport = settings.transport.given();
        if (transport != null) {
            return builder.transport(transport).start();
        }
        Duration keepalive = settings.keepalive.given();
        if (keepalive != null) {
            builder.keepalive(keepalive);
        }
        if (settings.replicas.containsKey(self)) {
            builder.nodeKey(storage.keyFiles());
        }
        if (settings.joining.isGiven()) {
            builder.peersLater();
        }
        settings.replicas.forEach((id, address) -> {
            if (address == null) {
                throw new IllegalStateException("replica " + id + " has no address");
            } else if (id.equals(self)) {
                builder.listen(settings.bind.or(address));
            } else {
                builder.peer(id, address);
            }
        });
        try {
            return builder.start();
        } catch (ListenException e) {
            throw cannotListen(settings, self, e);
        }
    }

    /** Names the option of this builder in place of that of the builder below. */
    private static ListenException cannotListen(CoterieBuilder settings, NodeId self, ListenException e) {
        String what = String.valueOf(e.getMessage()).replaceFirst("^listen: ", "");
        return settings.bind.isGiven()
                ? new ListenException("bind: " + what, e)
                : new ListenException(
                        "replica " + self + ": " + what + ". If that is right for the other nodes, give the address"
                                + " that this one listens on by bind(address), such as bind(\"0.0.0.0:7400\")",
                        e);
    }

    /** The largest value: as it was set, or else as much as a plugged transport has room for. */
    static int maxValueBytes(CoterieBuilder settings) {
        int wanted = settings.maxValueBytes.get();
        Transport plugged = settings.transport.given();
        if (plugged == null) {
            return wanted;
        }
        int room = plugged.maxMessageBytes() - MESSAGE_OVERHEAD_BYTES;
        if (room < (settings.maxValueBytes.isGiven() ? wanted : 1)) {
            throw new IllegalStateException("maxValueBytes " + wanted + " and " + MESSAGE_OVERHEAD_BYTES
                    + " bytes around a value are more than the transport takes, " + plugged.maxMessageBytes() + ": "
                    + (room > 0 ? "lower maxValueBytes to at most " + room + ", or " : "")
                    + "take a transport for larger messages");
        }
        return Math.min(room, wanted);
    }
}
