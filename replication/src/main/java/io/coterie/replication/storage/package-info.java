/**
 * Where a replica keeps what it must not forget, and what an author of a storage implements.
 *
 * <p>{@link io.coterie.replication.storage.Storage} is a choice: memory, a directory, or a disk of
 * one's own. A replica opens it at each start, and gets a {@link
 * io.coterie.replication.storage.Journal} after all that was durable has been read back. The
 * library's own journals need no more than a {@link io.coterie.replication.storage.Disk}.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>record</em>: some bytes of which a journal knows nothing, appended one behind the other
 *   <li><em>position</em>: the place of a record among all. What was appended before a durable
 *       position is durable, too
 *   <li><em>durable</em>: it survives the end of the process and a loss of power. No answer leaves
 *       a replica before that on which it rests is durable
 *   <li><em>compaction</em>: records that still count are appended again, and the old ones go
 * </ul>
 *
 * <p>A journal is called on the replica's loop and never blocks it. A disk runs the jobs that
 * block, on a thread of its own, one at a time. Opening a storage blocks.
 *
 * <p>Anyone may call and implement these types: they are the module's port to disks. Nothing here
 * refers to the library's journal except {@code Storage}, which makes it.
 */
package io.coterie.replication.storage;
