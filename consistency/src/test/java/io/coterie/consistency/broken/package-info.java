/**
 * Parts that break one rule each, and the test that sees each of them caught.
 *
 * <p>The rules of a coordinator are broken in {@code BrokenWrites}, {@code BrokenReads}, {@code
 * BrokenScans} and {@code OneStates}; those of a replica's storage in {@code BrokenStorage}, and
 * those of removed tombstones in {@code BrokenDeletes}. {@code BrokenVariants} is the list of them.
 */
package io.coterie.consistency.broken;
