package io.coterie.replication.quorums;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongPredicate;

/** Quorums that a user has listed. */
final class ListedQuorums extends MemberQuorums {
    /** All sets of members are gone through to count failures. */
    private static final int MAX_MEMBERS = 20;

    private static final int MAX_QUORUMS = 1_000;

    /** The minimal ones. */
    private final long[] quorums;

    private ListedQuorums(List<String> members, Collection<Long> listed) {
        super(members);
        this.quorums = listed.stream()
                .distinct()
                .filter(each -> listed.stream().noneMatch(other -> !other.equals(each) && (other & ~each) == 0))
                .mapToLong(Long::longValue)
                .toArray();
    }

    /** Has a user's function list the quorums, and checks them. */
    static ListedQuorums of(
            String name,
            Function<List<String>, ? extends Collection<? extends Collection<String>>> function,
            List<String> members) {
        String what = "the quorum system " + name + " of your own";
        if (members.size() > MAX_MEMBERS) {
            throw new IllegalArgumentException(
                    what + " is for " + MAX_MEMBERS + " members at most, and there are " + members.size());
        }
        Collection<? extends Collection<String>> listed;
        try {
            listed = function.apply(members);
        } catch (Throwable e) {
            throw new IllegalArgumentException(
                    what + " threw " + e + " for the members " + members + ": return its quorums", e);
        }
        if (listed == null || listed.isEmpty() || listed.size() > MAX_QUORUMS) {
            throw new IllegalArgumentException(
                    what + " returned " + (listed == null ? "null" : listed.size() + " quorums") + " for the members "
                            + members + ": return 1 to " + MAX_QUORUMS);
        }
        TreeSet<Long> masks = new TreeSet<>();
        for (Collection<String> quorum : listed) {
            masks.add(mask(what, quorum, members));
        }
        return new ListedQuorums(members, masks);
    }

    private static long mask(String what, Collection<String> quorum, List<String> members) {
        if (quorum == null || quorum.isEmpty()) {
            throw new IllegalArgumentException(what + " returned the quorum " + quorum + " for the members " + members
                    + ": give each quorum a member at least");
        }
        long mask = 0;
        for (String member : quorum) {
            int index = members.indexOf(member);
            if (index < 0) {
                throw new IllegalArgumentException(what + " returned the quorum " + quorum + " for the members "
                        + members + ", and " + member + " is none of them: use those that it is given");
            }
            mask |= 1L << index;
        }
        return mask;
    }

    @Override
    public boolean isQuorum(long some) {
        for (long quorum : quorums) {
            if ((quorum & ~some) == 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int failuresSurvived(long alive) {
        long living = alive & all();
        int change = Integer.MAX_VALUE;
        if (!isQuorum(living)) {
            for (long quorum : quorums) {
                change = Math.min(change, Long.bitCount(quorum & ~living));
            }
            return -change;
        }
        // Each set of failures among those that live: the smallest after which no quorum is left.
        for (long failed = living; failed != 0; failed = (failed - 1) & living) {
            if (Long.bitCount(failed) < change && !isQuorum(living & ~failed)) {
                change = Long.bitCount(failed);
            }
        }
        return change - 1;
    }

    @Override
    boolean visit(LongPredicate visitor) {
        for (long quorum : quorums) {
            if (!visitor.test(quorum)) {
                return false;
            }
        }
        return true;
    }
}
