/**
 * The real file system: the only room of this module that touches files, channels and threads.
 *
 * <p>{@code NioDisk} is a {@link io.coterie.replication.storage.Disk} in a directory, {@code
 * NioKeyFiles} keeps a replica's keys beside it. What they make belongs to its owner alone, and a
 * directory is locked for as long as it is open.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>durable name</em>: a file's entry in its directory that was forced to the disk, too
 *   <li><em>lock</em>: of the directory, by a file in it, and of each open file, as somebody may
 *       delete that file
 *   <li><em>owner</em>: the replica whose directory it is; its name stands in the lock file, for
 *       whoever finds it in use
 * </ul>
 *
 * <p>Files are used by the disk's own thread, and by the opener of a journal before the journal is
 * open. Methods block. {@code Storage} makes these disks, and so does the repair of ballots.
 */
package io.coterie.replication.internal.disk;
