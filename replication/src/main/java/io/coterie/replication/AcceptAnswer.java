package io.coterie.replication;

/**
 * A replica's answer to {@code accept}.
 *
 * @param accepted whether the replica has accepted exactly this ballot and state
 * @param promised the promise in force after it
 */
public record AcceptAnswer(boolean accepted, Ballot promised) {}
