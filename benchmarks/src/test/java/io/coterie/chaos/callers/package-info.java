/**
 * Callers whose answers are checked. {@link Callers} are the threads at one node, and each runs a
 * {@link ChaosCaller}: one operation after the other on the {@link SharedKeys} of the {@link
 * Stores}.
 *
 * <p>A caller records its operations in a {@link HistoryLog}. In a replica it writes lines, which
 * {@link ChaosHistory} reads in the test's process. {@link EventualValues} is an eventual store
 * that the test uses through a replica.
 *
 * <p><b>Words.</b> A <i>process</i> of a history is one caller, under a name that no other caller
 * has or ever had. The <i>epoch</i> is the time from which the generations of keys count.
 *
 * <p><b>Threads.</b> Logs may be used by any thread. A caller belongs to its own.
 *
 * <p><b>Who may call.</b> {@code cluster}, {@code faults}, and the tests of {@code
 * io.coterie.chaos}.
 */
package io.coterie.chaos.callers;
