package io.coterie;

import io.coterie.failuredetector.PeerState;
import io.coterie.replication.ReplicaState;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster looks from one node, and what its configuration means. {@link #toString()} has
 * all of it as text.
 *
 * @param cluster the cluster's name
 * @param self this node
 * @param storage where this node keeps its records; null for a client
 * @param epoch that of the configuration which this node has adopted: it rises by one with every
 *     change of the members; 0 while this node knows none yet
 * @param change the change of the members that is running; null if there is none, as far as this
 *     node knows
 * @param warnings what is at risk, one sentence each: records in memory, too few replicas, replicas
 *     that have not registered yet, a clock of this machine that most replicas contradict
 * @param replicas every member of the cluster, and while they change also those that come and go;
 *     while this node knows no configuration yet, those that it was given; none while it looks for
 *     the members, which a warning then says
 * @param stores every store opened at this node, in the order of opening
 */
public record Status(
        String cluster,
        NodeId self,
        @Nullable String storage,
        long epoch,
        @Nullable ChangeStatus change,
        List<String> warnings,
        List<ReplicaStatus> replicas,
        List<StoreStatus> stores) {

    /**
     * A change of the members that is running.
     *
     * @param what what changes, as a human-readable text
     * @param phase how far it is; only the node that prepares a change knows of it before it
     *     begins
     * @param progress how much is done, as far as this node knows; null at a client, and while it
     *     is prepared
     */
    public record ChangeStatus(String what, MemberChange.Phase phase, MemberChange.@Nullable Progress progress) {
        @Override
        public String toString() {
            return what + ": " + phase.name().toLowerCase(Locale.ROOT) + (progress == null ? "" : ", " + progress);
        }
    }

    /**
     * How one replica looks.
     *
     * @param id the replica's name
     * @param address where this node reaches it; null where only a plugged transport knows
     * @param detector the failure detector's opinion of it; {@code UP} for this node itself
     * @param state what it reports of itself; null if it did not answer
     * @param problem why it does not vote or did not answer, or that its clock and this node's
     *     differ so much that one refuses the other's eventual writes; null if all is well. A
     *     replica that is slow to answer, but is heard of and has voted, still counts for what
     *     stores survive
     * @param lag in what it lags behind the others, though it answers; null if it does not. It
     *     still counts, and catches up by itself
     */
    public record ReplicaStatus(
            NodeId id,
            @Nullable String address,
            PeerState detector,
            @Nullable ReplicaState state,
            @Nullable String problem,
            @Nullable String lag) {
        @Override
        public String toString() {
            String opinion = detector == PeerState.UP
                    ? ""
                    : ", " + detector.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            String found = state == null
                    ? (problem == null ? "no answer" : problem) + opinion
                    : state.name().toLowerCase(Locale.ROOT) + opinion + (problem == null ? "" : " (" + problem + ")");
            return "replica " + id + (address == null ? "" : " at " + address) + ": " + found
                    + (lag == null ? "" : "; LAGS: " + lag);
        }
    }

    /**
     * How one store looks.
     *
     * @param name the store's name
     * @param policy the name of its policy
     * @param promise what the policy promises with this number of replicas, in human-readable words
     * @param problem why the store is not open at this node; null if it is
     * @param readFailuresSurvived how many more replicas may fail before reads end. Below zero if
     *     reads fail now: then as many replicas are too few
     * @param writeFailuresSurvived the same for operations that may change something
     */
    public record StoreStatus(
            String name,
            String policy,
            String promise,
            @Nullable String problem,
            int readFailuresSurvived,
            int writeFailuresSurvived) {
        @Override
        public String toString() {
            return "store " + name + ", " + promise + "; now: " + now()
                    + (problem == null ? "" : "; NOT OPEN: " + problem);
        }

        private String now() {
            int reads = readFailuresSurvived;
            int writes = writeFailuresSurvived;
            if (reads == writes) {
                return reads < 0 ? tooFew(reads) : "reads and writes " + survive(reads);
            }
            return reads >= 0 && writes >= 0
                    ? "reads " + survive(reads) + ", writes " + writes
                    : "reads " + survive(reads) + "; writes " + survive(writes);
        }

        private static String survive(int failures) {
            return failures < 0 ? "are " + tooFew(failures) : "survive " + counted(failures, "more failure");
        }

        private static String tooFew(int missing) {
            return "NOT AVAILABLE, " + counted(-missing, "replica") + " too few";
        }

        private static String counted(int number, String what) {
            return number + " " + what + (number == 1 ? "" : "s");
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("cluster " + cluster + ", ");
        text.append(epoch == 0 ? "members not known yet" : "epoch " + epoch);
        text.append(", seen from ").append(self).append(", ");
        text.append(storage == null ? "a client" : "a replica that keeps its records in " + storage);
        if (change != null) {
            text.append("\n  change running: ").append(change);
        }
        warnings.forEach(warning -> text.append("\n  ").append(warning));
        replicas.forEach(replica -> text.append("\n  ").append(replica));
        stores.forEach(store -> text.append("\n  ").append(store));
        return text.toString();
    }
}
