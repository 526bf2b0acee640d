package io.coterie.replication.spi;

/**
 * A replica's answer to {@link QuorumCalls#accept}. Immutable.
 *
 * @param accepted whether the replica has accepted exactly this ballot and state
 * @param promised the promise in force after the request
 */
public record AcceptAnswer(boolean accepted, Ballot promised) {}
