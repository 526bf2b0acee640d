/**
 * Peers that attack, and what they may leave behind. A {@code HostilePeer} sends valid messages
 * that {@code HostileMutator} has changed; {@code HonestWork} is all that other nodes do
 * afterwards. {@code PoisonedJournal} writes what an older version took from such a peer, for the
 * repair.
 */
package io.coterie.hostile;
