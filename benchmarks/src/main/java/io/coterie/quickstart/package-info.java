/**
 * The quickstart: the library at its main job, to be watched. Three replicas and a client run, each
 * a process of its own, while replicas are killed and replaced. Everything acknowledged is read
 * back in the end. This is a program, and no benchmark.
 *
 * <p><b>To run.</b> {@code mvn -q -Pquickstart compile}, in the root of the repository.
 *
 * <p><b>Why here.</b> It needs the whole library and a logger on its class path, it must not be
 * published, and it must start soon, so that it is compiled without any tests. This module alone
 * offers that. It uses nothing of the benchmarks, and they use nothing of it.
 *
 * <p><b>Structure.</b> {@link Quickstart} is the story from start to end. {@link Cluster} has a
 * {@link ReplicaProcess} for each replica, in which {@link ReplicaMain} runs and obeys {@link
 * Orders}. {@link Load} has many {@link Caller}s, which write what {@link Values} says and remember
 * what was acknowledged. {@link Meter} counts and times their operations, and {@link Story} prints
 * what happens.
 *
 * <p><b>Threads.</b> Each caller has a thread. The main thread prints the story.
 */
@NullMarked
package io.coterie.quickstart;

import org.jspecify.annotations.NullMarked;
