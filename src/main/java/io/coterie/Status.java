package io.coterie;

import io.coterie.failuredetector.PeerState;
import io.coterie.replication.ReplicaState;
import io.coterie.rpc.NodeId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster looks from one node, and what its configuration means. {@link #toString()} says it all in words.
 *
 * @param cluster the cluster's name
 * @param self this node
 * @param storage where this node keeps its records; null for a client
 * @param replicas every replica, in the order of the configuration
 * @param stores every store opened at this node, in the order of opening
 */
public record Status(
        String cluster, NodeId self, @Nullable String storage, List<ReplicaStatus> replicas, List<StoreStatus> stores) {

    /**
     * A replica.
     *
     * @param address where it listens, as configured
     * @param detector what the failure detector thinks of it; {@code UP} for this node itself
     * @param state what it says of itself; null if it did not answer
     * @param problem why it does not vote or did not answer; null if all is well
     */
    public record ReplicaStatus(
            NodeId id,
            String address,
            PeerState detector,
            @Nullable ReplicaState state,
            @Nullable String problem) {
        @Override
        public String toString() {
            return "replica " + id + " at " + address + ": "
                    + (state == null ? "no answer" : state.name().toLowerCase(Locale.ROOT))
                    + (detector == PeerState.UP ? "" : ", " + detector.name().toLowerCase(Locale.ROOT))
                    + (problem == null ? "" : " (" + problem + ")");
        }
    }

    /**
     * A store.
     *
     * @param policy the name of its policy
     * @param promise what the policy promises with this number of replicas, for people
     * @param needed how many replicas an operation needs
     * @param failuresSurvived how many more replicas may fail before reads and writes end; below zero if they cannot go on
     *     now
     */
    public record StoreStatus(String name, String policy, String promise, int needed, int failuresSurvived) {
        @Override
        public String toString() {
            return "store " + name + ", " + promise + "; now: "
                    + (failuresSurvived < 0
                            ? "NOT AVAILABLE, " + counted(-failuresSurvived, "replica") + " too few"
                            : "reads and writes survive " + counted(failuresSurvived, "more failure"));
        }

        private static String counted(int number, String what) {
            return number + " " + what + (number == 1 ? "" : "s");
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("cluster " + cluster + ", seen from " + self + ", ");
        text.append(storage == null ? "a client" : "a replica that keeps its records in " + storage);
        replicas.forEach(replica -> text.append("\n  ").append(replica));
        stores.forEach(store -> text.append("\n  ").append(store));
        return text.toString();
    }
}
