/**
 * What a good client loses while others misuse the servers: {@link HostileBenchmark} for strangers
 * at the port, {@link HostileCallerBenchmark} for a client that was let in.
 *
 * <p><b>Structure.</b> The misuse runs in a process of its own. An {@link Attacker} opens
 * connections as an {@link Attack} prescribes, and {@link Openings} are the bytes that they send. A
 * {@link Flooder} sends the requests of a {@link Flood} without end. {@link HostileTable} sets each
 * figure beside that of the same client left in peace.
 *
 * <p><b>To run.</b> {@code java -jar benchmarks/target/benchmarks.jar HostileBenchmark}, or
 * {@code HostileCallerBenchmark}. Each process must be allowed 5,000 open files and more.
 *
 * <p><b>Who may call.</b> The main class.
 */
@NullMarked
package io.coterie.benchmarks.hostile;

import org.jspecify.annotations.NullMarked;
