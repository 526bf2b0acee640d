/**
 * What systems must offer so that they can be compared, and what all of them are given to do.
 *
 * <p>A system that carries calls offers an {@link EchoClient} and a {@link TestedServer}; one that
 * replicates a store offers a {@link TestedStore} and two {@link TestedServer}s. {@link StoreSetup}
 * is what the three nodes of a store must agree about, in this JVM or in one of their own, and
 * {@link Keys} are the keys and values that callers put and get.
 *
 * <p><b>Words.</b> The names of systems that replicate are in {@link StoreSetup}. A server or node
 * has its <i>port</i> on loopback. Of the three nodes of a store the first is called.
 *
 * <p><b>Threads.</b> A {@link TestedStore} may be used by many threads. It says whether it can
 * begin an operation without a thread that waits for it.
 *
 * <p><b>Who may call.</b> The rooms {@code raw}, {@code peers}, {@code rpc} and {@code store}
 * implement these types; the benchmarks use them. It uses the harness alone.
 */
@NullMarked
package io.coterie.benchmarks.tested;

import org.jspecify.annotations.NullMarked;
