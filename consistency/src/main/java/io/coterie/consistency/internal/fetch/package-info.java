/**
 * How replicas are asked for the state of a key: all of them to send it, or one alone where states
 * are large.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>sender</em> is the replica that sends the state; the others send their ballots
 *         alone.
 *     <li>An answer is <em>whole</em> with its state. A ballot alone is made whole by the state of
 *         that ballot, whichever replica sent it: one ballot stands for one state.
 * </ul>
 *
 * <p>The collector gets whole answers only, and cannot see how they came. A sender that is late or
 * gone costs a round trip more, and nothing else.
 *
 * <p>Threading: the loop of the node alone. One object for each store.
 *
 * <p>Callers: rounds that read or prepare, and weak reads of strong stores.
 */
package io.coterie.consistency.internal.fetch;
