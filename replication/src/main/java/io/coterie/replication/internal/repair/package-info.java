/**
 * Repairs keys that nobody can change any longer, because replicas have promised ballots at the end
 * of the range.
 *
 * <p>{@link io.coterie.replication.internal.repair.BallotRepair} is the program behind {@code
 * io.coterie.consistency.RepairBallots}. It runs while the whole cluster is stopped, on the
 * directories of all replicas. {@code RepairChecks} checks the directories, {@code RepairSteps} has
 * the steps of the repair.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>out of bounds</em>: a ballot that no replica would promise today, because it is too far
 *       ahead of the time
 *   <li><em>far key</em>: a key that has such a ballot, or a state above its ballot, at some
 *       replica
 *   <li><em>mark</em>: a file that prevents replicas from starting before a repair is finished
 *   <li><em>without</em>: replicas whose directories are lost; they no longer vote afterwards
 * </ul>
 *
 * <p>Each step is durable in all directories before the next one begins. So an interrupted run is
 * repeated, with the same result. {@code RepairSteps} has the argument.
 *
 * <p><em>Threading:</em> one thread uses it, and all of it blocks. The consistency module calls it;
 * the package is exported to that alone.
 */
package io.coterie.replication.internal.repair;
