/**
 * Real replica processes under real faults: killed, stopped, paused, slowed, cut off from each
 * other, and started again from their directories. These are tests, and no benchmarks.
 *
 * <p><b>Why here.</b> A replica's process gets the class path of the test that starts it. The
 * library's own modules run their tests on the module path, where a test would have to collect that
 * class path by hand. The tests here also need the whole library, the linearizability checker of
 * the simulation and a logger, and this module has all of them without being published.
 *
 * <p><b>Structure.</b>
 *
 * <ul>
 *   <li>{@link ChaosTest}: the answers to callers are linearizable, whatever happens. A {@link
 *       ChaosRun} is one cluster's life;
 *   <li>{@link NoPauseTest}: nobody waits when one replica is away;
 *   <li>{@link RealReplicasTest}: mistakes of operators, and wrong clocks;
 *   <li>{@link LargeValuesTest}: more in flight than the links carry.
 * </ul>
 *
 * <p>The rooms below are {@code network}, {@code callers}, {@code load}, {@code cluster} and {@code
 * faults}, each of which uses only those before it.
 *
 * <p><b>To run.</b> {@code mvn test -pl :coterie-benchmarks -am -Dtest=ChaosTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dcoterie.chaos=PT10M}.
 */
package io.coterie.chaos;
