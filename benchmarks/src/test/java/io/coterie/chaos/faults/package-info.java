/**
 * Sources of faults. {@link Faults} causes one after the other and undoes each before the next:
 * {@link ProcessFaults} kills, stops, pauses and slows replicas, and {@link NetworkFaults} cuts,
 * slows and resets connections. Both run at the same time. {@link Story} records what was done and
 * when, for the report of a failure.
 *
 * <p><b>Threads.</b> Each source has a thread of its own. Any thread may end it.
 */
package io.coterie.chaos.faults;
