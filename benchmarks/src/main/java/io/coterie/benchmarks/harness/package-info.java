/**
 * What every benchmark runs on: loads, the wait for them, warm-up, and JVMs beside this one.
 *
 * <p><b>Words.</b> A <i>load</i> calls a <i>target</i> without a pause: some callers that wait for
 * each call, or some calls in flight of which each begins the next. The load runs by itself. The
 * benchmark's thread waits until its {@link Progress} has come further, so that nothing drains and
 * fills up again between two invocations.
 *
 * <p><b>Structure.</b> {@link Load} is a {@link Callers} or an {@link InFlight}. {@link WarmUp}
 * runs a load until the JVM has little left to compile. {@link LatencyProfiler} reports the times
 * of one caller, which {@link Histogram} counts. {@link Foreground} times each of its calls, and
 * continues when one fails; {@link FiguresProfiler} reports what a benchmark makes of that. {@link
 * Child} and {@link Parent} are the two ends
 * of a JVM that a benchmark starts, and {@link Folders} makes directories that end with the run.
 *
 * <p><b>Threads.</b> Any thread may complete calls. One thread waits for the progress, and one
 * caller marks it.
 *
 * <p><b>Who may call.</b> Every room. This one uses none of them.
 */
@NullMarked
package io.coterie.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
