/**
 * The real file system: the only room of this module that touches files, channels and threads.
 *
 * <p>{@code NioDisk} is a {@link io.coterie.replication.storage.Disk} in a directory, {@code
 * NioKeyFiles} keeps a replica's keys in the same directory. Only their owner has access to the
 * files, and a directory is locked while it is open. {@code NioSnapshotFile} is the file of a
 * snapshot.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>durable name</em>: the entry of a file in its directory, forced to the disk
 *   <li><em>lock</em>: of the directory, by a file in it, and of each open file, as somebody may
 *       delete that file
 *   <li><em>owner</em>: the replica that the directory belongs to; the lock file has its name
 * </ul>
 *
 * <p><em>Threading:</em> the thread that opens a journal uses the files first, and then the disk's
 * own thread alone. Methods block. {@code Storage} makes these disks, and so does the repair of
 * ballots.
 */
package io.coterie.replication.internal.disk;
