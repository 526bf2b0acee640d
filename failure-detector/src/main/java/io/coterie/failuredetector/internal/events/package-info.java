/**
 * What a failure detector shows in flight recordings: changes of its opinions, and pauses of its own
 * process.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>event</em>: an entry of a recording by the JDK Flight Recorder
 *   <li><em>opinion</em>: what the detector thinks of a peer. An event has the one before and the one
 *       after, so that a recording shows suspicions and the ends of mistakes
 * </ul>
 *
 * <p><b>Without a recorder.</b> A Java runtime may lack the module {@code jdk.jfr}. Only {@link
 * io.coterie.failuredetector.internal.events.FlightEvents} names the classes of the events, and only
 * after it has found that module: go through it to emit one. Nothing is made while nobody records.
 *
 * <p><b>Threads.</b> Events are emitted on the node's loop. {@code register} is called by the thread
 * that starts a detector.
 *
 * <p><b>Who may call.</b> The failure detector. This package knows names and numbers, and none of its
 * classes.
 */
package io.coterie.failuredetector.internal.events;
