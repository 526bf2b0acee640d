/**
 * A cluster of replica processes. {@link ChaosCluster} starts, stops and kills them, and has
 * clients in the test's process. {@link ReplicaProcess} and {@link ReplicaMain} are the two ends of
 * one process: the test sends orders as lines, and the replica answers in lines. It ends when the
 * test's process is gone.
 *
 * <p><b>Threads.</b> One thread at a time starts and ends replicas. A thread for each process reads
 * its lines.
 */
package io.coterie.chaos.cluster;
