/**
 * What a node shows to its observers: its counters, and events in flight recordings.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>counters</em> ({@link NodeCounters}): what a node has counted since its start; {@link
 *       io.coterie.rpc.RpcMetrics} is a copy of them for users
 *   <li><em>event</em>: an entry of a recording by the JDK Flight Recorder: a call, a retry, a
 *       request that was refused, a connection that came or went
 * </ul>
 *
 * <p><b>Without a recorder.</b> A Java runtime may lack the module {@code jdk.jfr}. Only {@link
 * FlightEvents} names the classes of the events, and only after it has found that module: go
 * through it to emit one. {@link CallEvent} is the exception, because a call carries its event:
 * make one only if {@link FlightEvents#wantCalls} returns true. Nothing is made while nobody
 * records.
 *
 * <p><b>Threads.</b> The loop alone writes a counter, any thread may read it. Events are emitted
 * on the loop.
 *
 * <p><b>Who may call.</b> {@code client}, {@code server} and {@code core}.
 */
package io.coterie.rpc.internal.events;
