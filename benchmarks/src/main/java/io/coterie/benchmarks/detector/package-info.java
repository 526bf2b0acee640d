/**
 * What a failure detector costs: {@link HeartbeatBenchmark} measures the time and the memory of one
 * heartbeat without a network, and {@link DetectorCost} the processor time of a node that watches many
 * others over TCP.
 *
 * <p><b>Structure.</b> {@link ManualWorld} is the clock, the loop and the network of a node that the
 * benchmark drives itself.
 *
 * <p><b>To run.</b> {@code java -jar benchmarks/target/benchmarks.jar HeartbeatBenchmark -prof gc}, and
 * {@code java -cp benchmarks/target/benchmarks.jar io.coterie.benchmarks.detector.DetectorCost 50 60}
 * for 50 peers and 60 s.
 *
 * <p><b>Who may call.</b> Nobody; it has two programs.
 */
@NullMarked
package io.coterie.benchmarks.detector;

import org.jspecify.annotations.NullMarked;
