/**
 * The journal on a disk: a replica's records in files that are only appended to.
 *
 * <p>{@code LogJournal} takes records on the loop and hands them to the disk in batches. {@code
 * JournalWriter} writes each batch as one frame and forces it. {@code JournalRecovery} reads the
 * whole journal at the next start, and decides what damage means. {@code DirectJournal} is a
 * journal for a program without a loop.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>segment</em>: a file of the journal, 64 MiB by default, with a header ({@code
 *       SegmentHeader})
 *   <li><em>frame</em>: the unit of one force: records, or a note about the journal ({@code
 *       FrameHeader})
 *   <li><em>seal</em>: the last frame of a segment that is followed by another one
 *   <li><em>mark</em>: a frame that only proves that all frames before it were durable
 *   <li><em>reach</em>: how far the frames once reached, recorded outside of the segments
 * </ul>
 *
 * <p>Recovery depends on one rule: a frame is written only after the force of the one before it
 * succeeded. So a damaged frame may count as a write that was cut short only if no later frame
 * exists.
 *
 * <p><em>Threading:</em> a journal is called on the replica's loop; a writer, once it is open, by
 * jobs of the disk alone. {@code Storage} makes journals, and the repair of ballots opens them
 * while no replica runs. Nobody else calls this room.
 *
 * <p>Source: group commit is from DeWitt and others, Implementation Techniques for Main Memory
 * Database Systems, 1984. Why damage must be distinguished from a crash: Alagappan and others,
 * Protocol-Aware Recovery for Consensus-Based Storage, FAST 2018.
 */
package io.coterie.replication.internal.journal;
