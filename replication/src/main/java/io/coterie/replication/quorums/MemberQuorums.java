package io.coterie.replication.quorums;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * The quorums of members that are known. Sets of members are the bits of a long: bit 0 is the first
 * name in alphabetical order. Bits of no member count for nothing.
 *
 * <p>Immutable; any thread may call the methods.
 */
public abstract class MemberQuorums {
    private final List<String> members;

    MemberQuorums(List<String> members) {
        this.members = List.copyOf(members);
    }

    /** The names of the members in alphabetical order. */
    public final List<String> members() {
        return members;
    }

    /** A bit for each member. */
    public final long all() {
        return -1L >>> (Long.SIZE - members.size());
    }

    /** Whether these are a quorum, or include one. Allocates nothing. */
    public abstract boolean isQuorum(long some);

    /**
     * How many more of these may fail, whichever they are, before they include no quorum. Below zero
     * if they include none now: then at least as many others have to come back.
     */
    public abstract int failuresSurvived(long alive);

    /**
     * Visits minimal quorums, each once, until the visitor returns false.
     *
     * @return whether all were visited
     */
    abstract boolean visit(LongPredicate visitor);

    /**
     * The minimal quorums, those with the fewest members first.
     *
     * @param limit the most that are returned, 1 to 100,000. Where there are more than 100,000, it
     *     is some of them
     */
    public final List<Set<String>> smallest(int limit) {
        List<Long> found = new ArrayList<>();
        visit(quorum -> found.add(quorum) && found.size() < 100_000);
        return found.stream()
                .sorted(Comparator.<Long>comparingInt(Long::bitCount).thenComparing(Comparator.naturalOrder()))
                .limit(limit)
                .map(this::names)
                .toList();
    }

    /** The names of the members with these bits. */
    final Set<String> names(long some) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < members.size(); i++) {
            if ((some & 1L << i) != 0) {
                names.add(members.get(i));
            }
        }
        return names;
    }
}
