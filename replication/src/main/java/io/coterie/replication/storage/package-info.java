/**
 * Where a replica keeps its records, and the interfaces that an author of a storage implements.
 *
 * <p>{@link io.coterie.replication.storage.Storage} is a choice: memory, a directory, or a disk of
 * one's own. A replica opens it at each start. It gets back all durable records, and then a {@link
 * io.coterie.replication.storage.Journal} to append to. The library's journal needs nothing but a
 * {@link io.coterie.replication.storage.Disk}.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>record</em>: bytes that a replica appends; a journal does not look into them
 *   <li><em>position</em>: the place of a record in the order of all. If a position is durable, all
 *       earlier ones are
 *   <li><em>durable</em>: surviving the end of the process and a loss of power. A replica sends no
 *       answer before the records that it depends on are durable
 *   <li><em>compaction</em>: the records that still count are appended again, and the older ones
 *       are removed
 * </ul>
 *
 * <p><em>Threading:</em> a journal is called on the replica's loop and never blocks it, except at
 * its close. A disk runs the jobs that block on a thread of its own, one at a time. To open a
 * storage blocks.
 *
 * <p>Anyone may call and implement these types: they are the module's port to disks. Nothing here
 * refers to the library's journal except {@code Storage}, which makes it.
 */
package io.coterie.replication.storage;
