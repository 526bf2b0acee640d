/**
 * Whether operations may begin: which stores are open, and which replicas vote.
 *
 * <p>{@code OpenStores} keeps the stores that the node has opened, each once. A store is opened in
 * the background, and may be used before: {@code GatedStore} is the policy's store behind a {@code
 * StoreGate}, which holds operations back until the store is open, each within its own timeout. A
 * watch does not wait there, as it asks each replica until it answers.
 *
 * <p>{@code MajorityMonitor} asks the replicas from time to time whether they vote. It logs when
 * strong stores have their majority, lose it and have it again, once for each change, and reminds
 * of a lack once a minute. It is silent while no open store needs votes. {@code StatusReport} puts
 * all that together for {@code Coterie.status()}, with the change of the members that is running.
 * {@code OwnVote} reminds of what this node's replica waits for before it votes. All of them follow
 * the members as they change; {@code Votes} counts, for both groups while there are two.
 *
 * <p>A wait for readiness ends in one of three ways: what it waits for is there, it is refused for
 * good, or its time is over. Each way ends it once, and a caller who leaves takes its timer along.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>open</em>: enough replicas have recorded the store with its policy
 *   <li><em>ready</em>: what a caller waits for is there: a store is open, or all replicas vote
 *   <li><em>look</em>: one request to all replicas whether they vote
 *   <li><em>settled</em>: all replicas vote. Until then the looks are more frequent
 * </ul>
 *
 * <p><em>Threading:</em> everything here belongs to the event loop, except {@code
 * StoreGate.whenReady}, which any thread may call.
 *
 * <p>{@code Coterie} makes {@code OpenStores} and {@code MajorityMonitor}. {@code typed} and {@code
 * coordination} use the stores that it hands to them, and wait at their gates.
 */
package io.coterie.internal.readiness;
