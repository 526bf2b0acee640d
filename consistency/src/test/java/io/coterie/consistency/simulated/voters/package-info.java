/**
 * Runs in which the voters of a cluster are exchanged under load.
 */
@NullMarked
package io.coterie.consistency.simulated.voters;

import org.jspecify.annotations.NullMarked;
