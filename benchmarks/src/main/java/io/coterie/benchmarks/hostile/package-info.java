/**
 * What a good client loses while others misuse the servers: {@link HostileBenchmark} for
 * unauthenticated peers at the port, {@link HostileCallerBenchmark} for a client that was let in.
 *
 * <p><b>Structure.</b> The misuse runs in a process of its own. An {@link Attacker} opens
 * connections as an {@link Attack} prescribes, and {@link Openings} are the bytes that they send. A
 * {@link Flooder} sends the requests of a {@link Flood} without end. {@link HostileTable} sets each
 * figure beside that of the same client left in peace.
 *
 * <p><b>Words.</b> An <i>attack</i> is what connections do that are not let in. A <i>flood</i> is
 * the requests of a client that was let in. The <i>good client</i> is the one that is measured.
 *
 * <p><b>Threads.</b> An {@link Attacker} has one thread for all its connections. The good client
 * and the servers have processes of their own.
 *
 * <p><b>To run.</b> {@code java -jar benchmarks/target/benchmarks.jar HostileBenchmark}, or
 * {@code HostileCallerBenchmark}. Each process must be allowed 5,000 open files and more.
 *
 * <p><b>Who may call.</b> The main class.
 */
@NullMarked
package io.coterie.benchmarks.hostile;

import org.jspecify.annotations.NullMarked;
