package io.coterie.replication.internal.membership;

import org.jspecify.annotations.Nullable;

/**
 * Whether what a replica keeps is still valid: only as long as it has been in the group without
 * interruption. A member that was away in between may lack what was decided meanwhile, and would
 * bring older states back.
 */
public final class Tenure {
    /** What a replica kept before there was a configuration belongs to genesis. */
    private static final long GENESIS = 1;

    /** In no group. */
    private static final long NONE = 0;

    private Tenure() {}

    /**
     * Whether a replica must drop its records before it answers under a configuration.
     *
     * @param before the configuration that it has adopted so far; null for none
     */
    public static boolean isInterrupted(@Nullable Configuration before, Configuration now, MemberId self) {
        long joined = joined(now, self);
        return joined != NONE && joined != (before == null ? GENESIS : joined(before, self));
    }

    private static long joined(Configuration configuration, MemberId self) {
        GroupMember member = configuration.placement().find(self);
        return member == null ? NONE : member.joined();
    }
}
