/**
 * What the operations of one node do when the voters change.
 */
@NullMarked
package io.coterie.consistency.simulated.voters;

import org.jspecify.annotations.NullMarked;
