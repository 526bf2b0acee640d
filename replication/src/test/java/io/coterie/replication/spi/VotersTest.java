package io.coterie.replication.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.spi.Voters.Member;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A quorum is a majority of each group, and two of neighbouring voters share a replica. */
class VotersTest {
    private static final Voters STABLE = Voters.stable(names("a", "b", "c"));

    @Test
    void aMajorityOfOneGroupIsAQuorum() {
        assertFalse(STABLE.isJoint());
        assertEquals(0b111, STABLE.allBits());
        assertFalse(STABLE.isQuorum(0));
        assertFalse(STABLE.isQuorum(0b100));
        assertTrue(STABLE.isQuorum(0b101));
        assertTrue(STABLE.isQuorumWithout(0b001));
        assertFalse(STABLE.isQuorumWithout(0b011));
        assertTrue(Voters.stable(names("a")).isQuorum(0b1));
        assertFalse(Voters.stable(names("a", "b", "c", "d")).isQuorum(0b0011));
    }

    @Test
    void bitsOfNoReplicaCountForNothing() {
        assertEquals(0, STABLE.bit(NodeId.of("d")));
        assertEquals(-1, STABLE.indexOf(NodeId.of("d")));
        assertFalse(STABLE.isQuorum(-1L << 3 | 0b001));
    }

    @Test
    void aQuorumOfOverlappingGroupsHasAMajorityOfEach() {
        Voters joint = Voters.joint(2, members("a", "b", "c"), members("a", "b", "d"));

        assertEquals(names("a", "b", "c", "d"), joint.replicas());
        assertTrue(joint.isJoint());
        assertEquals(2, joint.since());
        assertTrue(joint.isQuorum(bits(joint, "a", "b")));
        assertFalse(joint.isQuorum(bits(joint, "a", "c")), "one of the next group");
        assertFalse(joint.isQuorum(bits(joint, "a", "d")), "one of the group");
        assertTrue(joint.isQuorum(bits(joint, "a", "c", "d")));
        assertFalse(joint.isQuorumWithout(bits(joint, "a", "c")));
    }

    @Test
    void aQuorumOfDisjointGroupsHasAMajorityOfEach() {
        Voters joint = Voters.joint(2, members("a", "b", "c"), members("d", "e", "f"));

        assertFalse(joint.isQuorum(bits(joint, "a", "b", "c")));
        assertFalse(joint.isQuorum(bits(joint, "a", "b", "c", "d")));
        assertTrue(joint.isQuorum(bits(joint, "b", "c", "d", "f")));
        assertEquals(0b000111, joint.group());
        assertEquals(0b111000, joint.nextGroup());
    }

    @Test
    void aReplicaWhoseNameIsTakenOverNeverCountsForItsGroup() {
        Voters joint = Voters.joint(
                2,
                List.of(new Member(NodeId.of("a"), 1), new Member(NodeId.of("b"), 1), new Member(NodeId.of("c"), 1)),
                List.of(new Member(NodeId.of("a"), 1), new Member(NodeId.of("b"), 2), new Member(NodeId.of("c"), 1)));

        assertEquals(names("a", "c", "b"), joint.replicas());
        assertEquals(2, joint.incarnation(joint.indexOf(NodeId.of("b"))));
        assertFalse(joint.isQuorum(bits(joint, "a", "b")), "of the group only a");
        assertTrue(joint.isQuorum(bits(joint, "a", "c")));
    }

    @Test
    void everyReplicaIsMoreThanEveryOneThatCanBeAsked() {
        Voters joint = Voters.joint(2, members("a", "b"), members("a", "c"));
        assertTrue(joint.isEvery(bits(joint, "a", "b", "c")));
        assertFalse(joint.isEvery(bits(joint, "a", "b")));
        assertFalse(joint.isEvery(bits(joint, "a", "c")));
        assertTrue(STABLE.isEvery(0b111));
        assertFalse(STABLE.isEvery(0b011));
        Voters takenOver = Voters.joint(2, members("a", "b"), List.of(new Member(NodeId.of("b"), 2)));
        assertFalse(takenOver.isEvery(takenOver.allBits()));
    }

    @Test
    void whatIsToSpareIsWhatBothGroupsHaveToSpare() {
        assertEquals(1, STABLE.toSpare(0b111, Quorums::majority));
        assertEquals(-1, STABLE.toSpare(0b001, Quorums::majority));
        Voters joint = Voters.joint(2, members("a", "b", "c"), members("a", "b", "c", "d", "e"));
        assertEquals(1, joint.toSpare(joint.allBits(), Quorums::majority));
        assertEquals(0, joint.toSpare(bits(joint, "a", "b", "c"), Quorums::majority));
        assertEquals(0, joint.toSpare(bits(joint, "a", "b", "d", "e"), Quorums::majority));
        assertEquals(-1, joint.toSpare(bits(joint, "a", "c"), Quorums::majority), "one of the next group is missing");
        assertEquals(-2, joint.toSpare(bits(joint, "d", "e"), Quorums::majority), "two of the group are missing");
    }

    @Test
    void aReplicaWhoseNameIsTakenOverStillCountsAsAMemberThatIsGone() {
        Voters joint = Voters.joint(
                2,
                List.of(new Member(NodeId.of("a"), 1), new Member(NodeId.of("b"), 1), new Member(NodeId.of("c"), 1)),
                List.of(new Member(NodeId.of("a"), 1), new Member(NodeId.of("b"), 1), new Member(NodeId.of("c"), 2)));
        assertEquals(3, joint.groupSize());
        assertEquals(0, joint.toSpare(joint.allBits(), Quorums::majority));
    }

    @Test
    void groupsOfNobodyOrOfTooManyOrWithAReplicaTwiceAreRefused() {
        List<NodeId> many = Stream.iterate(0, i -> i + 1)
                .limit(65)
                .map(i -> NodeId.of("r" + i))
                .toList();
        Voters all = Voters.stable(many.subList(0, 64));
        assertEquals(-1, all.allBits());
        assertTrue(all.isQuorum(-1L >>> 31));
        assertFalse(all.isQuorum(-1L >>> 32));
        assertThrows(IllegalArgumentException.class, () -> Voters.stable(many));
        assertThrows(IllegalArgumentException.class, () -> Voters.stable(List.of()));
        assertThrows(IllegalArgumentException.class, () -> Voters.stable(names("a", "b", "a")));
        assertThrows(IllegalArgumentException.class, () -> Voters.joint(1, members("a"), List.of()));
        assertThrows(IllegalArgumentException.class, () -> Voters.joint(1, members("a"), members("b", "b")));
    }

    @Test
    void anyTwoQuorumsOfNeighboursShareAReplica() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            List<Member> before = draw(random);
            List<Member> after = draw(random);
            Voters joint = Voters.joint(2, before, after);
            Voters old = Voters.stable(1, before);
            Voters fresh = Voters.stable(3, after);
            for (Voters one : List.of(old, joint)) {
                assertMeet(one, one, random);
                assertMeet(one, joint, random);
            }
            assertMeet(joint, fresh, random);
        }
    }

    @Test
    void theGroupAloneIsSettledWhileItIsExchanged() {
        assertEquals(names("a", "b"), Voters.stable(names("a", "b")).settled());
        assertEquals(
                names("a", "b"),
                Voters.joint(2, members("a", "b"), members("b", "c")).settled());
    }

    /** The name is that of a member, and the records are not. */
    @Test
    void aReplicaThatTakesTheNameOfALostOneIsNotSettled() {
        List<Member> next = List.of(new Member(NodeId.of("a"), 1), new Member(NodeId.of("b"), 2));
        assertEquals(names("a"), Voters.joint(2, members("a", "b"), next).settled());
    }

    /** A quorum of one, and what the other has without it. */
    private static void assertMeet(Voters one, Voters other, Random random) {
        long quorum = random.nextLong() & one.allBits();
        while (!one.isQuorum(quorum)) {
            quorum |= random.nextLong() & one.allBits();
        }
        long members = quorum;
        long rest = other.replicas().stream()
                .filter(replica -> (one.bit(replica) & members) == 0)
                .mapToLong(other::bit)
                .sum();
        assertFalse(other.isQuorum(rest), () -> one + " has a quorum without one of " + other);
    }

    private static List<Member> draw(Random random) {
        List<Member> group = new ArrayList<>();
        while (group.isEmpty()) {
            for (int i = 0; i < 8; i++) {
                if (random.nextBoolean()) {
                    group.add(new Member(NodeId.of("r" + i), 1));
                }
            }
        }
        return group;
    }

    private static long bits(Voters voters, String... names) {
        return names(names).stream().mapToLong(voters::bit).sum();
    }

    private static List<NodeId> names(String... names) {
        return Stream.of(names).map(NodeId::of).toList();
    }

    private static List<Member> members(String... names) {
        return Stream.of(names).map(name -> new Member(NodeId.of(name), 1)).toList();
    }
}
