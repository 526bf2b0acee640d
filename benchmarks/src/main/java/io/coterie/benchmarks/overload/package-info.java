/**
 * What a server or a store does when it is offered more than it can do: {@link OverloadBenchmark}
 * and {@link StoreOverloadBenchmark}.
 *
 * <p><b>Words.</b> An <i>open load</i> begins calls at a rate, however many are in flight.
 * <i>Capacity</i> is what a closed load gets done in a second. <i>Goodput</i> is what is answered
 * in time. A call that is neither answered in time nor refused is <i>late</i>.
 *
 * <p><b>Structure.</b> {@link Capacity} is measured first. {@link OpenLoad} then offers a multiple
 * of it and counts the {@link Outcomes}. An {@link OverloadPoint} is what one multiple gave, and
 * {@link OverloadProfiler} hands it to JMH. {@link OverloadReport} and {@link StoreOverloadReport}
 * make tables and plots of all points.
 *
 * <p><b>To run.</b> {@code java -jar benchmarks/target/benchmarks.jar OverloadBenchmark}. The plots
 * go to {@code target/overload.svg} and {@code target/store-overload.svg}.
 *
 * <p><b>Who may call.</b> The main class.
 */
@NullMarked
package io.coterie.benchmarks.overload;

import org.jspecify.annotations.NullMarked;
