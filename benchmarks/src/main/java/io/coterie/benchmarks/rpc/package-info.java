/**
 * What a call costs: {@link RpcBenchmark} compares whole calls, and {@link EventsBenchmark}
 * measures the events of a call that nobody records.
 *
 * <p><b>Structure.</b> {@link Echoes} chooses a system by its name and makes its two ends: {@link
 * CoterieClient} and {@link CoterieServer} here, raw loops and other libraries from their rooms. An
 * {@link EchoLoad} is a connected client that calls without a pause. An {@link EchoProcess} is the
 * serving end in a JVM of its own. {@link HarnessEcho} answers without a network, so that its cost
 * is the cost of measuring. {@link RecordedClient} calls while a flight recording runs, and {@link
 * Keystore} has the certificate of both ends for TLS.
 *
 * <p><b>To run.</b> {@code java -jar benchmarks/target/benchmarks.jar RpcBenchmark}; the parameters
 * are in {@link RpcBenchmark}.
 *
 * <p><b>Who may call.</b> The rooms {@code overload} and {@code hostile} use its nodes and
 * processes.
 */
@NullMarked
package io.coterie.benchmarks.rpc;

import org.jspecify.annotations.NullMarked;
