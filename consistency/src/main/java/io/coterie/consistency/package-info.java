/**
 * The operations of a store, and the policies that turn them into requests to replicas.
 *
 * <p>{@link io.coterie.consistency.Consistency} names the two policies that the library brings,
 * strong and eventual. Each states as a promise what a reader may see, and what that costs in round
 * trips. A policy of your own implements {@link io.coterie.consistency.ConsistencyPolicy} with what
 * {@link io.coterie.replication.ReplicationLoop} offers.
 *
 * <p>Words of this package:
 * <ul>
 *     <li>An <em>operation</em> is what is asked of one key, in bytes. A <em>result</em> is what
 *         became of it. Each operation has a deadline.
 *     <li>A <em>policy store</em> is one store under one policy at one node. It does operations,
 *         scans and watches.
 *     <li>A <em>completion</em> is called once, when an operation has ended.
 *     <li>A <em>page</em> is a part of a scan: some keys in the order of their bytes, and where the
 *         next page begins.
 *     <li>A <em>key watch</em> reports changes of keys to a listener.
 * </ul>
 *
 * <p>Threading: a policy store is used on the loop of its node alone, and so are completions. Any
 * thread may ask its {@link io.coterie.consistency.StoreLoad}, and what a {@link
 * io.coterie.consistency.StoreContext} has, except for its loop.
 * Users' functions and listeners run on executors.
 *
 * <p>Callers: the facade, and whoever writes a policy. What implements the policies of the library
 * is in {@code internal} packages, which the module does not export: {@code strong} puts strong
 * stores together, {@code rules} has what their safety rests on.
 */
package io.coterie.consistency;
