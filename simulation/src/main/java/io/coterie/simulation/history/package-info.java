/**
 * Records what clients of a store saw, and decides whether any store that does one thing at a time could have answered so.
 */
package io.coterie.simulation.history;
