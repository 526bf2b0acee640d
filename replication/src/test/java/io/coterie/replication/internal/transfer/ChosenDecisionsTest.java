package io.coterie.replication.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.transfer.Decisions.Decision;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.quorums.MemberQuorums;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a transfer decides for a store that has chosen its quorums, checked for all that members may have. */
class ChosenDecisionsTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final RecordKey KEY = new RecordKey(1, new byte[1]);
    private static final int BALLOTS = 2;

    static Stream<QuorumPair> pairs() {
        return Stream.of(
                new QuorumPair(QuorumSystem.rows(2, 2), QuorumSystem.columns(2, 2)),
                new QuorumPair(QuorumSystem.atLeast(3), QuorumSystem.atLeast(2)),
                new QuorumPair(QuorumSystem.atLeast(2), QuorumSystem.atLeast(3)),
                new QuorumPair(QuorumSystem.all(), QuorumSystem.atLeast(1)),
                new QuorumPair(QuorumSystem.atLeast(1), QuorumSystem.all()));
    }

    private static MemberId member(String name) {
        return new MemberId(NodeId.of(name), 1);
    }

    private static List<MemberId> members(long bits) {
        List<MemberId> members = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            if ((bits & 1L << i) != 0) {
                members.add(member(NAMES.get(i)));
            }
        }
        return members;
    }

    private static TransferPlan plan(QuorumPair pair) {
        List<MemberId> all = members(0b1111);
        TransferPlan plan = new TransferPlan(1, all, all, new TransferQuorums(store -> pair));
        plan.quorums().seen(store(pair));
        return plan;
    }

    private static StoreSpec store(QuorumPair pair) {
        return new StoreSpec("s", pair.policyName("strong"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void whoeverListsMeetsAllThatAcceptedAndAllThatPromised(QuorumPair pair) {
        MemberQuorums prepare = pair.prepare().of(NAMES);
        MemberQuorums accept = pair.accept().of(NAMES);
        TransferPlan plan = plan(pair);
        for (long listing = 0; listing < 16; listing++) {
            boolean missesOne = accept.isQuorum(15 & ~listing) || prepare.isQuorum(15 & ~listing);
            if (plan.isListedBy(members(listing))) {
                assertFalse(missesOne, pair + " listed by " + members(listing));
            }
            if (plan.isKnownBy(store(pair), members(listing))) {
                assertFalse(prepare.isQuorum(15 & ~listing), pair + " known by " + members(listing));
            }
        }
        assertTrue(plan.isListedBy(members(15)));
        assertTrue(plan.isKnownBy(store(pair), members(15)));
    }

    /** As {@code DecisionsTest} checks it for majorities. */
    @ParameterizedTest
    @MethodSource("pairs")
    void whatIsCopiedIsChosenAndBringsAllThatCanBePromised(QuorumPair pair) {
        assertTrue(check(pair, plan(pair), 0, new LinkedHashMap<>()) > 10, pair.toString());
    }

    private static int check(QuorumPair pair, TransferPlan plan, int from, Map<MemberId, Listed.Register> found) {
        if (from == NAMES.size()) {
            return isCovered(pair, plan, found) ? 1 : 0;
        }
        int copies = check(pair, plan, from + 1, found);
        for (int promised = 1; promised <= BALLOTS; promised++) {
            for (int accepted = 0; accepted <= promised; accepted++) {
                Map<MemberId, Listed.Register> more = new LinkedHashMap<>(found);
                more.put(member(NAMES.get(from)), new Listed.Register(KEY, ballot(promised), ballot(accepted), null));
                copies += check(pair, plan, from + 1, more);
            }
        }
        return copies;
    }

    private static Ballot ballot(int number) {
        return number == 0 ? Ballot.NONE : new Ballot(number, 1);
    }

    private static boolean isCovered(QuorumPair pair, TransferPlan plan, Map<MemberId, Listed.Register> found) {
        Decision decision = Decisions.ofRegister(plan, store(pair), found);
        assertEquals(found.isEmpty(), decision instanceof Decision.Nothing);
        if (!(decision instanceof Decision.Copy copy)) {
            return false;
        }
        MemberQuorums prepare = pair.prepare().of(NAMES);
        MemberQuorums accept = pair.accept().of(NAMES);
        long chosen = 0;
        for (int i = 0; i < NAMES.size(); i++) {
            Listed.Register its = found.get(member(NAMES.get(i)));
            assertTrue(its == null || !its.accepted().isAbove(copy.accepted()), "a higher one is listed");
            chosen |= its != null && its.accepted().equals(copy.accepted()) ? 1L << i : 0;
        }
        assertTrue(accept.isQuorum(chosen), "what is copied is chosen");
        for (int number = 1; number <= BALLOTS; number++) {
            Ballot ballot = ballot(number);
            long may = 0;
            for (int i = 0; i < NAMES.size(); i++) {
                Listed.Register its = found.get(member(NAMES.get(i)));
                may |= its == null || !ballot.isAbove(its.promised()) ? 1L << i : 0;
            }
            assertEquals(
                    prepare.isQuorum(may),
                    !ballot.isAbove(copy.promised()),
                    () -> pair + ": " + ballot + " of " + found);
        }
        return true;
    }

    @Test
    void aStoreThatWasNamedLateCountsFromThenOn() {
        QuorumPair pair = new QuorumPair(QuorumSystem.all(), QuorumSystem.atLeast(1));
        List<MemberId> all = members(0b1111);
        TransferPlan plan = new TransferPlan(1, all, all, new TransferQuorums(store -> pair));
        assertTrue(plan.isListedBy(members(0b0111)), "no store is known yet");
        plan.quorums().seen(store(pair));
        assertFalse(plan.isListedBy(members(0b0111)));
    }
}
