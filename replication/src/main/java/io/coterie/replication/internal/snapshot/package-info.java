/**
 * Snapshots: one file with all that a running cluster knows.
 *
 * <p>{@code SnapshotTaking} has a majority of the group list what it has, and writes it. {@code
 * SnapshotWriter} and {@code SnapshotReader} have the format. {@code SnapshotHead} and {@code
 * SnapshotTotals} are what a file says of itself.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>snapshot</em>: the file, or the act of taking it
 *   <li><em>frame</em>: a part of the file with a checksum over all that is before it, too
 *   <li><em>head</em>: the first frame, with the cluster and the time
 *   <li><em>end</em>: the last frame. A file without it is no snapshot
 * </ul>
 *
 * <p>A snapshot has every write of a strong store that was acknowledged before it began, see {@code
 * MergedList}. It may have later ones. Keys do not fit together as at one moment.
 *
 * <p><em>Threading:</em> a snapshot is taken on the node's loop. Its file is written by jobs that
 * run elsewhere, one at a time, and the next part is listed once the last is written. A file is
 * read by one thread, which blocks.
 *
 * <p>The facade and the room of restored clusters call it.
 */
@NullMarked
package io.coterie.replication.internal.snapshot;

import org.jspecify.annotations.NullMarked;
