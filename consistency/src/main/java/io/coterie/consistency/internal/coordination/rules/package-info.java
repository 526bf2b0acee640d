/**
 * The rules that leases and fencing tokens rest on, and the record that they speak of. A review of
 * the safety of leases begins here.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>{@link io.coterie.consistency.internal.coordination.rules.LeaseRules} is the one page of
 *         rules, each with its reason.
 *     <li>A <em>lease record</em> has room for some leases at a time: one for a lock or an
 *         election, more for a semaphore. A <em>lease entry</em> is one holder in it. The
 *         <em>queue</em> is who waits for room.
 *     <li>An <em>owner</em> is one acquisition at one node, and no other, ever.
 *     <li>A <em>token</em> rises with each lease, so that a resource can refuse earlier holders.
 *     <li>A <em>beat</em> rises with each write of a holder. Others take a lease over once they
 *         have observed the same beat for longer than its duration, by their own steady clock.
 *     <li>An <em>era</em> is one making of a record: a record that was removed may be made again.
 * </ul>
 *
 * <p>Threading: the loop of the node alone. Records are immutable.
 *
 * <p>Callers: all rooms of coordination. Tests break one rule at a time and see that it is caught:
 * {@code BrokenRulesTest}. For them alone the class of the rules is not final.
 *
 * <p>Source: leases by Gray, Cheriton, Leases: An Efficient Fault-Tolerant Mechanism for
 * Distributed File Cache Consistency, 1989; fencing tokens as the sequencers of Burrows, The Chubby
 * Lock Service for Loosely-Coupled Distributed Systems, 2006.
 */
package io.coterie.consistency.internal.coordination.rules;
