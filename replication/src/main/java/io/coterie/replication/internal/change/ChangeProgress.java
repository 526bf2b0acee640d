package io.coterie.replication.internal.change;

/**
 * How far a change is.
 *
 * @param epoch that of its joint configuration
 * @param keysSeen how many keys the members have listed so far
 * @param keysDone how many of them the next members have
 * @param bytes about how many bytes were sent to them
 */
public record ChangeProgress(long epoch, long keysSeen, long keysDone, long bytes) {}
