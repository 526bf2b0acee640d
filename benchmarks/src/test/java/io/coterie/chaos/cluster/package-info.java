/**
 * A cluster of replica processes. {@link ChaosCluster} starts, stops and kills them, and has
 * clients in the test's process. {@link ReplicaProcess} and {@link ReplicaMain} are the two ends of
 * one process: the test sends orders as lines, and the replica answers in lines. It ends when the
 * test's process is gone. Tests wait for processes by {@link Await}.
 *
 * <p>Replicas come and go: {@link MemberOrders} makes the changes that a replica is ordered to make,
 * and {@link MemberLog} has what all replicas said of the members.
 *
 * <p><b>Words.</b> An <i>order</i> is a line that a test writes to a replica, such as a call or a
 * stop. A line that a replica writes is a log line, an entry of a history, a measurement of a load,
 * what it knows of the members, or the answer to an order.
 *
 * <p><b>Threads.</b> A replica is started and ended by one thread at a time. A thread for each process
 * reads its lines.
 *
 * <p><b>Who may call.</b> {@code faults}, and the tests of {@code io.coterie.chaos}.
 */
package io.coterie.chaos.cluster;
