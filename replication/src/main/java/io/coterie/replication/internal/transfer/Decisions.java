package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.StoreSpec;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a transfer does with a register, given what members of the group have for it. All of it
 * rests on one thing: each prepare quorum of the group shares a member with each accept quorum, as
 * two majorities do. Pure functions.
 */
final class Decisions {
    /** What to do with a register. */
    sealed interface Decision {
        /** No member has it: the floor of its store covers it. */
        record Nothing() implements Decision {}

        /**
         * A majority of the group has accepted one ballot, and none of those asked a higher one.
         *
         * @param accepted none if a majority has a promise only
         * @param promised the least promise that the next group needs; no lower than the accepted
         *     ballot
         */
        record Copy(Ballot accepted, Ballot promised) implements Decision {}

        /** Nobody can say what is chosen: a full round has to settle that. */
        record Round() implements Decision {}
    }

    private Decisions() {}

    /**
     * Decides for a register.
     *
     * <p>A ballot that a majority reports as the highest accepted one is chosen, and a majority
     * that has accepted a higher one would share a member with it. A member that was asked and has
     * no register counts as one that was not asked: it may have promised as much as its floor, or
     * more by a register that is gone. So a promise that only a minority still has is settled by a
     * round, too.
     *
     * @param group how many members the group has
     * @param found what members have that have the register. A majority at least was asked
     */
    static Decision ofRegister(int group, Collection<Listed.Register> found) {
        if (found.isEmpty()) {
            return new Decision.Nothing();
        }
        Ballot highest = found.stream()
                .map(Listed.Register::accepted)
                .max(Comparator.naturalOrder())
                .orElse(Ballot.NONE);
        long having =
                found.stream().filter(each -> each.accepted().equals(highest)).count();
        if (having < Quorums.majority(group)) {
            return new Decision.Round();
        }
        List<Ballot> promises = found.stream().map(Listed.Register::promised).toList();
        return new Decision.Copy(highest, promisedByMajority(group, promises));
    }

    /**
     * Decides for a register of a store that has chosen its quorums.
     *
     * <p>The highest accepted ballot is chosen if an accept quorum reports it. Each prepare quorum
     * shares a member with that one, so the promise that one can have given is bounded. Those that
     * list include a prepare quorum, so that no ballot above the highest is chosen, and an accept
     * quorum, so that each ballot that a prepare quorum has promised is listed.
     *
     * @param found what members have that have the register
     */
    static Decision ofRegister(TransferPlan plan, StoreSpec store, Map<MemberId, Listed.Register> found) {
        if (found.isEmpty()) {
            return new Decision.Nothing();
        }
        Ballot highest = found.values().stream()
                .map(Listed.Register::accepted)
                .max(Comparator.naturalOrder())
                .orElse(Ballot.NONE);
        List<MemberId> having = found.keySet().stream()
                .filter(member ->
                        Objects.requireNonNull(found.get(member)).accepted().equals(highest))
                .toList();
        if (!plan.quorums().isAcceptQuorum(store, plan.group(), having)) {
            return new Decision.Round();
        }
        Map<MemberId, Ballot> promises = new HashMap<>();
        found.forEach((member, register) -> promises.put(member, register.promised()));
        return new Decision.Copy(highest, promised(plan, store, promises));
    }

    /**
     * The highest ballot that a prepare quorum of the group can have promised, given the promises of
     * some members. The others may have promised anything.
     *
     * @param promises those of an accept quorum at least, or of a majority where quorums are that
     */
    static Ballot promised(TransferPlan plan, StoreSpec store, Map<MemberId, Ballot> promises) {
        if (!plan.quorums().hasChosen(store)) {
            return promisedByMajority(plan.group().size(), List.copyOf(promises.values()));
        }
        List<Ballot> highestFirst = promises.values().stream()
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
        for (Ballot ballot : highestFirst) {
            List<MemberId> promising = plan.group().stream()
                    .filter(member -> {
                        Ballot its = promises.get(member);
                        return its == null || its.compareTo(ballot) >= 0;
                    })
                    .toList();
            if (plan.quorums().isPrepareQuorum(store, plan.group(), promising)) {
                return ballot;
            }
        }
        throw new IllegalStateException("no prepare quorum of " + store + " in the whole group");
    }

    /**
     * The highest ballot that a majority of a group can have promised, given the promises of a
     * majority at least. The other members may have promised anything. So if 2 of 3 are known, it
     * is the higher of their promises; if all 3 are, it is the second. A promise that one member
     * gave alone, for example to a clock that was years ahead, binds that member only.
     *
     * @param group how many members the group has
     */
    static Ballot promisedByMajority(int group, List<Ballot> promises) {
        int others = group - promises.size();
        List<Ballot> highestFirst =
                promises.stream().sorted(Comparator.reverseOrder()).toList();
        return highestFirst.get(Quorums.majority(group) - others - 1);
    }
}
