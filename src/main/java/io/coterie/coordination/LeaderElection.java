package io.coterie.coordination;

import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.LeaseHolder;
import java.util.Optional;

/**
 * An election among all nodes that campaign. One candidate leads, by a lease. Another leads after
 * it when it withdraws, dies or is cut off for the lease's duration.
 *
 * <p>What it gives, whatever clocks, pauses and the network do: the leaders' tokens rise from each
 * to the next. Let the resource that the leader changes refuse lower ones, since a leader that was
 * paused learns late that it was deposed.
 *
 * <p>What it gives only while the steady clocks of two nodes run apart by less than a tenth: no two
 * leases are valid at the same moment. While a majority of the replicas is out of reach nobody is
 * elected, and the leader is deposed after the lease's duration.
 *
 * <p>After the leader dies, the next one leads after the lease's duration and a little more than a
 * tenth of it. If the candidates who campaigned before it have died too, it may take up to one
 * duration longer: candidates lead in the order in which they began to campaign.
 *
 * <p><em>Threading:</em> safe for use by any number of threads. A blocking call on the event loop
 * throws {@link IllegalStateException}.
 */
public interface LeaderElection {
    /** The name given to {@link Coordination#election}. */
    String name();

    /**
     * Campaigns as a candidate from now on, until the candidacy or the node is closed. Does not
     * wait for other nodes.
     *
     * @param listener is called, on the executor of {@link io.coterie.CoterieBuilder#executor},
     *     when this candidate is elected and when it is deposed
     * @throws io.coterie.rpc.error.NodeClosedException if the node is closed
     */
    Candidacy campaign(LeadershipListener listener);

    /**
     * The leader, by the record. The leader may have been cut off by now, or be gone. Costs one
     * round trip to a majority.
     */
    Optional<LeaseHolder> leader();

    /** The same election for callers who do not wait. */
    AsyncLeaderElection async();
}
