package io.coterie.replication.internal.membership;

/**
 * A member of a group.
 *
 * @param joined the epoch at which it came into the group. What it keeps of the partition is valid
 *     as long as this stays: a member that was away in between may lack what was decided meanwhile
 */
public record GroupMember(MemberId id, long joined) {}
