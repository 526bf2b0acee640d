/**
 * The way from a caller to a snapshot of the cluster, and back.
 *
 * <p>{@code Snapshots} checks that this node's replica votes, makes the file, has the loop take the
 * snapshot, and completes the caller's future. Whoever ends that future ends the snapshot, and the
 * file goes.
 *
 * <p>Words: a <em>snapshot</em> is the file, and the act of taking it. What is in it and why it
 * lacks nothing is in the room of the same name in replication.
 *
 * <p><em>Threading:</em> any thread but the loop may begin one, as the file is made by the caller.
 * The rest is done on the loop and by the file's own thread.
 *
 * <p>Callers: {@code Coterie} alone.
 */
@NullMarked
package io.coterie.internal.snapshots;

import org.jspecify.annotations.NullMarked;
