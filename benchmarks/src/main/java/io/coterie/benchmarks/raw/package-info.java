/**
 * The limits that the machine sets: loops that do what every system must do, and nothing else. A
 * system's figures are read beside them.
 *
 * <p><b>Structure.</b> Two limits of a call and a majority, from the bytes alone to real values:
 *
 * <ul>
 *   <li>{@link RawEcho} and {@link RawServer}: messages of a fixed size over a {@link RawLink},
 *       there and back. {@link RawQuorum} sends each to two servers, and counts what came back;
 *   <li>{@link QuorumStore} and {@link QuorumServer}: puts and gets with number, key and value, in
 *       the layout of {@link QuorumMessage}, over a {@link QuorumLink} to each server.
 * </ul>
 *
 * <p>{@link RawCopy} is the limit of a transfer of records: pages to another process, which forces
 * each to a file.
 *
 * <p>{@link RawLog} is a file that is forced, and {@link Idle} is how a loop waits.
 *
 * <p><b>Threads.</b> One thread with a selector for each side, and one for the log of a side that
 * has one.
 *
 * <p><b>Who may call.</b> The rooms {@code rpc} and {@code store}, which choose systems by name.
 */
@NullMarked
package io.coterie.benchmarks.raw;

import org.jspecify.annotations.NullMarked;
