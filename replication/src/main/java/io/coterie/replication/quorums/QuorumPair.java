package io.coterie.replication.quorums;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The quorums of a strong store: whoever changes a key has one system promise, and the other accept.
 * Each quorum of one must share a member with each of the other; two quorums of the same system need
 * not (Howard, Malkhi, Spiegelman, 2016, section 4). Immutable.
 *
 * @param prepare answers prepares and reads
 * @param accept accepts states
 */
public record QuorumPair(QuorumSystem prepare, QuorumSystem accept) {
    /** Majorities for both. */
    public static final QuorumPair MAJORITIES = new QuorumPair(QuorumSystem.majority(), QuorumSystem.majority());

    /** All members for both: safe with whatever two systems a store has. */
    public static final QuorumPair ALL = new QuorumPair(QuorumSystem.all(), QuorumSystem.all());

    private static final String PREPARE = ", prepare ";
    private static final String ACCEPT = ", accept ";

    /** Whether both are majorities, which are counted. */
    public boolean areMajorities() {
        return prepare.isMajority() && accept.isMajority();
    }

    /**
     * Checks that the pair is defined for these members, and that each quorum of one shares a member
     * with each of the other.
     *
     * @throws IllegalArgumentException if not. The text names two quorums that share no member
     */
    public void requireMeeting(Collection<String> members) {
        MemberQuorums first = prepare.of(members);
        MemberQuorums second = accept.of(members);
        long[] two = Meeting.disjoint(first, second);
        if (two != null) {
            throw new IllegalArgumentException("quorums(" + prepare + ", " + accept + "): the prepare quorum "
                    + first.names(two[0]) + " and the accept quorum " + second.names(two[1]) + " of the members "
                    + first.members() + " share no member, so an acknowledged write could be lost: choose two"
                    + " systems of which each quorum of one shares a member with each of the other");
        }
    }

    /**
     * The same for the members of a cluster.
     *
     * @param what whose quorums they are, for the text
     */
    public void requireMeetingOf(String what, Collection<String> members) {
        try {
            if (!areMajorities()) {
                requireMeeting(members);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    what + ", whose members are " + members + " as far as this node knows: " + e.getMessage(), e);
        }
    }

    /** The same where the systems are for certain members, or for a certain number of members. */
    public void requireMeetingWhereKnown() {
        List<String> names = prepare.names() == null ? accept.names() : prepare.names();
        int size = Math.max(prepare.size(), accept.size());
        if (names != null) {
            requireMeeting(names);
        } else if (size > 0) {
            requireMeeting(IntStream.rangeClosed(1, size)
                    .mapToObj(number -> "member" + (number < 10 ? "0" : "") + number)
                    .toList());
        }
    }

    /** Whether some of the members are a prepare quorum. Never where the system is not defined for them. */
    public boolean isPrepareQuorum(Collection<String> members, Collection<String> some) {
        try {
            MemberQuorums quorums = prepare.of(members);
            long bits = 0;
            for (String member : some) {
                int index = quorums.members().indexOf(member);
                bits |= index < 0 ? 0 : 1L << index;
            }
            return quorums.isQuorum(bits);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The name of a policy with these quorums, as replicas record it. */
    public String policyName(String policy) {
        return areMajorities() ? policy : policy + PREPARE + prepare + ACCEPT + accept;
    }

    /** The name of a policy without its quorums. */
    public static String policyWithoutQuorums(String name) {
        int at = name.indexOf(PREPARE);
        return at < 0 || name.indexOf(ACCEPT, at) < 0 ? name : name.substring(0, at);
    }

    /**
     * The quorums in the name of a policy.
     *
     * @return majorities if it names none; null if one is a system of a user's own, or is not known
     *     to this version
     */
    public static @Nullable QuorumPair ofPolicy(String name) {
        int prepareAt = name.indexOf(PREPARE);
        int acceptAt = name.indexOf(ACCEPT, Math.max(0, prepareAt));
        if (prepareAt < 0 || acceptAt < 0) {
            return MAJORITIES;
        }
        try {
            QuorumSystem prepare = QuorumSystem.parse(name.substring(prepareAt + PREPARE.length(), acceptAt));
            QuorumSystem accept = QuorumSystem.parse(name.substring(acceptAt + ACCEPT.length()));
            return prepare == null || accept == null ? null : new QuorumPair(prepare, accept);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
