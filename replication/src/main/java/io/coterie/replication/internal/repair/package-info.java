/**
 * Frees keys that nobody can change any more because replicas have promised ballots at the end of
 * what there is.
 *
 * <p>{@link io.coterie.replication.internal.repair.BallotRepair} is the program behind {@code
 * io.coterie.consistency.RepairBallots}. It runs while the whole cluster is stopped, on the
 * directories of all replicas. {@code RepairSteps} has the steps, {@code RepairChecks} what must hold
 * before the first.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>out of bounds</em>: a ballot that no replica would promise today, as it is too far
 *       ahead of the time
 *   <li><em>far key</em>: a key that has such a ballot, or a state above its ballot, at some
 *       replica
 *   <li><em>mark</em>: a file that keeps replicas from starting before a repair is over
 *   <li><em>without</em>: replicas whose directories are lost; they do not vote afterwards
 * </ul>
 *
 * <p>Each step is durable in all directories before the next one begins. So a run that is cut short
 * is run again, and ends the same. The argument stands at {@code RepairSteps}.
 *
 * <p>One thread uses it, and all of it blocks. The consistency module calls it; the package is
 * exported to that alone.
 */
package io.coterie.replication.internal.repair;
