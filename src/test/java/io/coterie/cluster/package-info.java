/**
 * Clusters in this JVM for tests, and what such tests need besides: waits for real time, the log as
 * text, slow links, and wall clocks that are wrong.
 *
 * <p>{@code LocalCluster} starts and stops nodes that talk over loopback. {@code Await} is the one
 * way to wait for a condition or for time to pass.
 */
package io.coterie.cluster;
