/**
 * All that a replica remembers, and its layout in the journal.
 *
 * <p>{@code ReplicaTables} has acceptors, versioned values, floors, absent keys, stores, and the
 * starts of other replicas. {@code JournalEntries} writes each change as a record and reads it
 * back. {@code RecoveredEntries} fills the tables at a start, {@code Compaction} appends the
 * entries that still count again. {@code Digests} sums up what was accepted, so that two replicas
 * find where they differ.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>acceptor</em>: the replica's part of one key's register, with its promise and its
 *       accepted state ({@code Acceptor}). It extends its key, so that a look-up touches one object
 *   <li><em>tombstone</em>: the state of a deleted key, which can be collected
 *   <li><em>absent</em>: said of a key that has no state, or a tombstone ({@code AbsentKeys})
 *   <li><em>floor</em>: the promise of the absent keys of a store, once some of them were forgotten
 *   <li><em>entry</em>: a record of the journal. It has the whole new state of what it names, and
 *       the last one counts
 *   <li><em>live bytes</em>: how large a journal of all that still counts would be
 * </ul>
 *
 * <p><em>Threading:</em> the replica's loop alone uses it, or a repair while no replica runs.
 * {@code Acceptor} keeps what {@code AcceptorRules} lets it promise and accept; the replica's room
 * decides who may ask.
 *
 * <p>Source: the acceptor of Rystsov, CASPaxos, 2018, section 2; the floors take the place of the
 * ages of proposers in its section 3.1.
 */
package io.coterie.replication.internal.tables;
