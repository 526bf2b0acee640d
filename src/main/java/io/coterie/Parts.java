package io.coterie;

import io.coterie.failuredetector.FailureDetector;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.Storage;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node is made of, started from the lowest up; if one cannot start, those below it are closed again.
 *
 * @param storage where the records are kept; null for a client
 */
record Parts(
        RpcNode node,
        Replication replication,
        FailureDetector detector,
        @Nullable Storage storage) {
    /** Room in a message for a key, for the outcomes that a record remembers and for headers, besides the value. */
    private static final int MESSAGE_OVERHEAD_BYTES = 16 << 10;

    static Parts start(CoterieBuilder settings, String cluster, NodeId self) {
        List<NodeId> replicas = List.copyOf(settings.replicas.keySet());
        List<NodeId> others =
                replicas.stream().filter(replica -> !replica.equals(self)).toList();
        Storage storage = settings.storage == null ? Storage.memory() : settings.storage;
        ReplicationOptions options =
                new ReplicationOptions(ReplicationOptions.defaults().attemptTimeout(), settings.retry);
        RpcNode node = startNode(settings, cluster, self);
        Replication replication = null;
        try {
            replication = Replication.start(node, replicas, storage, options);
            FailureDetector detector = FailureDetector.start(node, others, settings.failureDetection);
            return new Parts(node, replication, detector, replicas.contains(self) ? storage : null);
        } catch (RuntimeException | Error e) {
            if (replication != null) {
                replication.close();
            }
            node.close();
            throw e;
        }
    }

    private static RpcNode startNode(CoterieBuilder settings, String cluster, NodeId self) {
        RpcNodeBuilder builder = RpcNode.builder()
                .cluster(cluster)
                .self(self)
                .maxPayloadBytes(settings.maxValueBytes + MESSAGE_OVERHEAD_BYTES)
                .reconnect(settings.retry);
        if (settings.executor != null) {
            builder.executor(settings.executor);
        }
        if (settings.transport != null) {
            return builder.transport(settings.transport).start();
        }
        settings.replicas.forEach((id, address) -> {
            if (id.equals(self)) {
                builder.listen(address);
            } else {
                builder.peer(id, address);
            }
        });
        return builder.start();
    }
}
