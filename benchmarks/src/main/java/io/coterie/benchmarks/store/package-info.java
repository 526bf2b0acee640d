/**
 * What replication costs: {@link StoreBenchmark} compares puts and gets of stores, {@link
 * CounterBenchmark} has many callers add to one counter, {@link RecoveryBenchmark} starts a replica
 * on a directory full of records, {@link CatchUpBenchmark} has one come back that has missed
 * changes, and {@link ReplaceBenchmark} replaces a dead one.
 *
 * <p><b>Structure.</b> {@link Stores} chooses a system by its name and makes its nodes: {@link
 * CoterieNode} here, raw quorums and other libraries from their rooms. A {@link StoreCluster} is
 * three nodes and the store at the first of them. A {@link ClientCluster} is three replicas of the
 * library with clients apart from them. A {@link StoreProcess} is a node in a JVM of its own, and a
 * {@link MemberProcess} a replica in one that can be killed and changes the members.
 *
 * <p><b>To run.</b> {@code java -jar benchmarks/target/benchmarks.jar StoreBenchmark}; the
 * parameters are in {@link StoreBenchmark}. A directory for {@code -p storage=directory} must be on
 * a real disk.
 *
 * <p><b>Who may call.</b> The rooms {@code overload} and {@code hostile} use its clusters.
 */
@NullMarked
package io.coterie.benchmarks.store;

import org.jspecify.annotations.NullMarked;
