/**
 * Nodes in the simulation that have coordinators over one strong store, with steady clocks that
 * drift and jump.
 */
package io.coterie.consistency.internal.coordination.cluster;
