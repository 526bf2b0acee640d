/**
 * Founds a new cluster with the records of another one, from a snapshot or from what is left of the
 * directories.
 *
 * <p>{@code Backup} in the facade is what users call; {@link
 * io.coterie.replication.internal.restore.RestoreProgram} is behind it. {@code StoppedDirectory}
 * reads what a replica had. {@code Remains} says what several directories are worth together, {@code
 * MergedRecords} makes one of them. {@code FoundedDirectory} writes the directory that the new
 * cluster begins with.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>restore</em>: to found a new cluster from a snapshot
 *   <li><em>recover</em>: to found one from directories of stopped replicas, where a majority is
 *       gone for good
 *   <li><em>remains</em>: the directories that are left
 *   <li><em>to count</em>: said of a directory that has all that its replica knew last, of a member
 *       of the last configuration
 * </ul>
 *
 * <p>The new cluster has another number, and a configuration with one member, whose incarnation is
 * new. So it is founded as soon as that replica starts, and no member of the other cluster takes it
 * for its own. It owes nothing to promises of the other cluster: no proposer of that one can reach
 * it. It keeps them nevertheless, so that ballots, versions and tokens continue to rise.
 *
 * <p><em>Threading:</em> one thread uses it, and all of it blocks. The facade calls it; the package
 * is exported to that alone.
 */
@NullMarked
package io.coterie.replication.internal.restore;

import org.jspecify.annotations.NullMarked;
