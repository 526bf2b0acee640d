/**
 * Sources of faults. {@link Faults} causes one after the other and undoes each before the next:
 * {@link ProcessFaults} kills, stops, pauses and slows replicas, {@link NetworkFaults} cuts, slows
 * and resets connections, and {@link MemberFaults} replaces, adds and removes members and deletes
 * their records. All run at the same time. No two of them have the same replica {@link Held} at a
 * time. {@link Replicas} starts those that come back or come anew. {@link Story} records what was
 * done and when, for the report of a failure.
 *
 * <p>A seed draws the faults, their victims and their lengths. The processes run in real time, so
 * that the same seed gives the same faults and not the same run.
 *
 * <p><b>Words.</b> To <i>strike</i> is to cause one fault and to undo it. A <i>chapter</i> of a
 * story is one thing that was done, with its times on {@link System#nanoTime}. A <i>guest</i> is a
 * replica that runs and is no member. Members are <i>settled</i> while no change is running.
 *
 * <p><b>Threads.</b> Each source has a thread of its own. Any thread may end it.
 *
 * <p><b>Who may call.</b> The tests of {@code io.coterie.chaos}.
 */
package io.coterie.chaos.faults;
