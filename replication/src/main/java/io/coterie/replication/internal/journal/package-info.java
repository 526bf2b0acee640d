/**
 * The journal on a disk: what a replica has promised and accepted, in files that are only ever
 * appended to.
 *
 * <p>{@code LogJournal} takes records on the loop and hands them to the disk in batches. {@code
 * JournalWriter} writes each batch as one frame and forces it. {@code JournalRecovery} reads all of
 * it at the next start, and decides what damage means. {@code DirectJournal} is the same for a
 * program without a loop.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>segment</em>: a file of the journal, 64 MiB by default, with a header ({@code
 *       SegmentHeader})
 *   <li><em>frame</em>: what is written with one force: records, or a note about the journal
 *       ({@code FrameHeader})
 *   <li><em>seal</em>: the last frame of a segment that is followed by another one
 *   <li><em>mark</em>: a frame that says no more than that all before it were durable
 *   <li><em>reach</em>: how far the frames once came, noted outside of the segments
 * </ul>
 *
 * <p>The rule that recovery rests on: a frame is written only after the force of the one before it
 * succeeded. So a damaged frame may be taken for a write cut short only where no later frame
 * stands.
 *
 * <p>A journal is called on the replica's loop; a writer by jobs of the disk alone, once it is
 * open. {@code Storage} makes journals, and the repair of ballots opens them while no replica runs.
 * Nobody else calls this room.
 *
 * <p>Source: group commit is from DeWitt and others, Implementation Techniques for Main Memory
 * Database Systems, 1984. Why damage must be told from a crash: Alagappan and others,
 * Protocol-Aware Recovery for Consensus-Based Storage, FAST 2018.
 */
package io.coterie.replication.internal.journal;
