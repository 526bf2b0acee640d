/**
 * JMH benchmarks of the library, from single calls to clusters. Build with {@code mvn package} and
 * run {@code java -jar benchmarks/target/benchmarks.jar}, with the options of JMH. A benchmark is
 * chosen by its simple class name, as in {@code RpcBenchmark} or {@code StoreBenchmark.put}.
 *
 * <p><b>Rooms</b>, from the bottom up; each uses only those above it in this list:
 *
 * <ul>
 *   <li>{@code harness}: loads, warm-up, and JVMs beside this one;
 *   <li>{@code report}: figures, tables and plots;
 *   <li>{@code tested}: what a system must offer to be compared;
 *   <li>{@code raw}: the limits that the machine sets;
 *   <li>{@code peers}: Netty, gRPC and JGroups Raft at the same work;
 *   <li>{@code rpc}, {@code store}: what calls and replicated stores cost;
 *   <li>{@code overload}, {@code hostile}: what is left under too much load, and under misuse.
 * </ul>
 *
 * <p>{@link Main} runs what was chosen and prints the tables. The quickstart and the chaos tests
 * are no benchmarks: they have packages of their own in this module, {@code io.coterie.quickstart}
 * and {@code io.coterie.chaos}, whose guides say why.
 */
@NullMarked
package io.coterie.benchmarks;

import org.jspecify.annotations.NullMarked;
