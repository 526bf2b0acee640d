/**
 * All that a replica remembers, and how it stands in the journal.
 *
 * <p>{@code ReplicaTables} holds registers, stamped values, floors, tombstones, stores, and what is
 * known of other replicas. {@code JournalEntries} writes each change as a record and reads it back.
 * {@code RecoveredEntries} fills the tables at a start, {@code Compaction} appends again what still
 * counts.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>acceptor</em>: the replica's part of one key's register, with its promise and its accepted state ({@code
 *       Acceptor}). It is its own key, so that a look-up touches one object
 *   <li><em>tombstone</em>: an acceptor whose state says that the key was deleted; it can be
 *       collected
 *   <li><em>absent</em>: a key that has no state, or a tombstone
 *   <li><em>floor</em>: what the absent keys of a store have promised, once some were forgotten
 *   <li><em>entry</em>: a record of the journal. It holds the whole new state of what it names, and
 *       the last one counts
 *   <li><em>live bytes</em>: how large a journal of all that still counts would be
 * </ul>
 *
 * <p>Only the replica's loop uses it, or a repair while no replica runs. Nothing here decides: what
 * may be promised or accepted is said by {@code Acceptor}, who may ask by the replica's room.
 *
 * <p>Source: the acceptor of Rystsov, CASPaxos, 2018, section 2; the floors take the place of the
 * ages of proposers in its section 3.1.
 */
package io.coterie.replication.internal.tables;
