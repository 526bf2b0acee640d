/**
 * Load on whole clusters, and how long operations take under it.
 *
 * <p>{@code LoadRun} is a storm of callers that ends, {@code LargeValueRun} has more bytes in
 * flight than links carry, and {@code DistantLoad} is callers at replicas that are far apart.
 * {@code ContentionTest} and {@code DistantContentionTest} have all callers change one key or two.
 * In {@code OverloadTest} and {@code TooMuchLoadTest} operations are refused, and in {@code
 * NoPauseSimulationTest} replicas are cut off and killed beneath a steady load.
 */
package io.coterie.consistency.simulated.load;
