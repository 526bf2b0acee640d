/**
 * A deterministic world for tests: virtual time, a network and disks that fail, and nodes that
 * crash. One 64-bit seed decides everything that happens in it, so that every failure can be
 * replayed.
 */
package io.coterie.simulation;
