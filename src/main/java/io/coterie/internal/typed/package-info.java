/**
 * Users' types on stores of bytes.
 *
 * <p>A {@code TypedStore} is one store seen through two {@code ValueCodec}s, which name the key or
 * the value in their errors and bound its bytes. It is the {@code AsyncStore} that users get.
 * {@code BlockingStore} waits for the same operations, and decodes their results on the caller's
 * thread. {@code TypedCounters} keeps counters in a store of longs; a counter without a record is
 * zero, so a comparison with zero takes both cases. {@code TypedListener} decodes what a watch
 * reports.
 *
 * <p>All of them are views: {@code withTimeout} and {@code withReadConsistency} make another object
 * over the same store. No view keeps a state of its own.
 *
 * <p>The package of the API makes {@code Version}s and looks into a {@code Scan}; users can do
 * neither. {@code ApiValues} is how the stores do it: the node hands them its own.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>view</em>: the same store with another timeout, another read consistency, or another
 *       way to wait
 *   <li><em>bounds</em>: where a scan begins and ends ({@code ApiValues.ScanBounds})
 *   <li><em>absent</em>: a key without a value, or a counter without a record
 * </ul>
 *
 * <p><em>Threading:</em> any thread may use what is here. Keys and values are encoded on the
 * caller's thread, before an operation goes to the loop. Bad arguments throw there, or fail the
 * future of a view that does not wait.
 *
 * <p>{@code Coterie} makes these objects. Users call them by the interfaces of {@code io.coterie}.
 */
package io.coterie.internal.typed;
