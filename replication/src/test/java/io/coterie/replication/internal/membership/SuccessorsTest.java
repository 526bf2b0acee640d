package io.coterie.replication.internal.membership;

import static io.coterie.replication.internal.membership.Configurations.genesis;
import static io.coterie.replication.internal.membership.Configurations.id;
import static io.coterie.replication.internal.membership.Configurations.member;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.membership.Configuration.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What may follow a configuration, and what may not. */
class SuccessorsTest {
    private static final Configuration ABC = genesis("a", "b", "c");

    @Test
    void aReplacementGoesByWayOfAJointGroup() {
        Configuration joint = Successors.begin(ABC, id("b"), member("d"));
        Configuration done = Successors.commit(joint);
        assertEquals("abc|acd", groups(joint));
        assertEquals("acd|", groups(done));
        assertEquals(MemberState.LEAVING, joint.find(id("b")).state());
        assertNull(done.find(id("b")));
        assertEquals(List.of(id("a"), id("c"), id("d")), done.keepers());
        assertEquals(3, done.epoch());
        assertEquals(3, done.placement(0).since());
        assertNull(Successors.problem(ABC, joint));
        assertNull(Successors.problem(joint, done));
    }

    @Test
    void whoStaysKeepsTheEpochAtWhichItJoined() {
        Configuration joint = Successors.begin(ABC, id("b"), member("d"));
        Configuration done = Successors.commit(joint);
        assertEquals(1, done.placement(0).find(id("a")).joined());
        assertEquals(2, done.placement(0).find(id("d")).joined());
        Configuration again = Successors.commit(Successors.begin(done, id("d"), member("b")));
        assertEquals(4, again.placement(0).find(id("b")).joined(), "a member that was away joins anew");
    }

    @Test
    void anAbortedChangeLeavesTheGroupAsItWas() {
        Configuration aborted = Successors.abort(Successors.begin(ABC, id("b"), member("d")));
        assertEquals("abc|", groups(aborted));
        assertEquals(ABC.members(), aborted.members());
        assertEquals(ABC.keepers(), aborted.keepers());
        assertEquals(ABC.placement(0).group(), aborted.placement(0).group());
    }

    @Test
    void aMemberThatLostItsRecordsIsReplacedUnderItsOwnName() {
        Member reborn = new Member(new MemberId(id("b").node(), 77), "b:1", "z", MemberState.ACTIVE);
        Configuration joint = Successors.begin(ABC, id("b"), reborn);
        assertNull(Successors.problem(ABC, joint));
        assertEquals(2, joint.named(id("b").node()).size());
        assertEquals(List.of(reborn), Successors.commit(joint).named(id("b").node()));
    }

    /** A node may have missed the configurations between. */
    @Test
    void aLaterConfigurationShowsHowAChangeEnded() {
        Configuration joint = Successors.begin(ABC, id("b"), member("d"));
        Configuration made = Successors.commit(joint);
        Configuration takenBack = Successors.abort(joint);
        assertTrue(Successors.isMade(joint, made));
        assertFalse(Successors.isMade(joint, takenBack));
        assertTrue(Successors.isMade(joint, Successors.begin(made, null, member("e"))));
        Configuration again = Successors.begin(takenBack, id("b"), member("d"));
        assertFalse(Successors.isMade(joint, again));
        assertFalse(Successors.isMade(joint, Successors.commit(again)), "it was made, but by another change");
        Configuration removal = Successors.begin(ABC, id("c"), null);
        assertTrue(Successors.isMade(removal, Successors.commit(removal)));
        assertFalse(Successors.isMade(removal, Successors.abort(removal)));
    }

    @Test
    void noMoreThanFiveAreKeepers() {
        Configuration many = genesis("a", "b", "c", "d", "e");
        for (String name : List.of("f", "g", "h")) {
            many = Successors.commit(Successors.begin(many, null, member(name)));
        }
        assertEquals(List.of(id("a"), id("b"), id("c"), id("d"), id("e")), many.keepers());
        many = Successors.commit(Successors.begin(many, id("c"), null));
        assertEquals(List.of(id("a"), id("b"), id("d"), id("e"), id("f")), many.keepers());
    }

    @Test
    void anAddressChangesNoPartition() {
        Configuration moved = Successors.move(ABC, id("b"), "elsewhere:2");
        assertNull(Successors.problem(ABC, moved));
        assertEquals("elsewhere:2", moved.find(id("b")).address());
        assertEquals(ABC.ranges(), moved.ranges());
    }

    @Test
    void whatCannotBeIsRefused() {
        Configuration joint = Successors.begin(ABC, id("b"), member("d"));
        refuses("another change is running", () -> Successors.begin(joint, id("a"), null));
        refuses("no member", () -> Successors.begin(ABC, id("x"), null));
        refuses("a member already", () -> Successors.begin(ABC, null, member("b")));
        refuses("last member", () -> Successors.begin(genesis("a"), id("a"), null));
        refuses("no change is running", () -> Successors.commit(ABC));
        refuses("no change is running", () -> Successors.abort(ABC));
    }

    /** A keeper accepts none of these, whoever proposes them. */
    @Test
    void aKeeperRefusesWhatDoesNotFollow() {
        Configuration joint = Successors.begin(ABC, id("b"), member("d"));
        Configuration done = Successors.commit(joint);
        assertNotNull(Successors.problem(ABC, done), "an epoch is left out");
        assertNotNull(Successors.problem(ABC, ABC), "the same epoch");
        assertNotNull(
                Successors.problem(joint, withGroup(joint, done.placement(0).group(), 2)), "the epoch stays");
        assertNotNull(
                Successors.problem(ABC, withGroup(ABC, List.of(new GroupMember(id("a"), 1)), 2)),
                "a stable group shrinks at once");
        Configuration other = Configuration.genesis(10, ABC.members(), 1);
        assertNotNull(Successors.problem(other, joint), "another cluster");
        Configuration more = Configuration.genesis(9, ABC.members(), 2);
        assertNotNull(Successors.problem(more, joint), "another number of partitions");
    }

    @Test
    void aMajorityOfTheNextGroupStays() {
        List<GroupMember> next =
                List.of(new GroupMember(id("a"), 1), new GroupMember(id("d"), 2), new GroupMember(id("e"), 2));
        List<Member> members = new ArrayList<>(ABC.members());
        members.add(member("d"));
        members.add(member("e"));
        Configuration twoAtOnce = new Configuration(
                9,
                2,
                members,
                ABC.keepers(),
                1,
                List.of(new Range(1, new Placement(2, ABC.placement(0).group(), next))));
        assertTrue(Successors.problem(ABC, twoAtOnce).contains("2 newcomers"));
    }

    @Test
    void aMemberThatJoinsSaysSo() {
        List<GroupMember> next =
                List.of(new GroupMember(id("a"), 1), new GroupMember(id("b"), 1), new GroupMember(id("d"), 1));
        List<Member> members = new ArrayList<>(ABC.members());
        members.add(member("d"));
        Configuration pretends = new Configuration(
                9,
                2,
                members,
                ABC.keepers(),
                1,
                List.of(new Range(1, new Placement(2, ABC.placement(0).group(), next))));
        assertNotNull(Successors.problem(ABC, pretends), "a newcomer that pretends to have been there");
    }

    /** Whatever changes come one after another, each is one that keepers accept. */
    @Test
    void eachOfAChainOfChangesFollows() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Configuration now = genesis("a", "b", "c");
            for (int step = 0; step < 30; step++) {
                Configuration next = step(now, random);
                assertNull(Successors.problem(now, next), "seed " + seed + ", " + now + " to " + next);
                now = next;
            }
        }
    }

    private static Configuration step(Configuration now, Random random) {
        if (now.isMoving()) {
            return random.nextInt(3) == 0 ? Successors.abort(now) : Successors.commit(now);
        }
        int size = now.members().size();
        MemberId leaving = size > 1 && random.nextBoolean()
                ? now.members().get(random.nextInt(size)).id()
                : null;
        Member newcomer = leaving == null || (size < 7 && random.nextBoolean())
                ? new Member(
                        new MemberId(id("" + (char) ('a' + random.nextInt(20))).node(), random.nextLong() | 1),
                        "",
                        "",
                        MemberState.ACTIVE)
                : null;
        boolean twice = newcomer != null
                && now.named(newcomer.id().node()).stream()
                        .anyMatch(member -> !member.id().equals(leaving));
        return twice
                ? Successors.move(now, now.members().get(0).id(), "moved:" + random.nextInt(9))
                : Successors.begin(now, leaving, newcomer);
    }

    private static Configuration withGroup(Configuration now, List<GroupMember> group, long since) {
        return new Configuration(
                now.cluster(),
                now.epoch() + 1,
                now.members(),
                now.keepers(),
                1,
                List.of(new Range(1, new Placement(since, group, List.of()))));
    }

    private static String groups(Configuration configuration) {
        Placement placement = configuration.placement(0);
        return names(placement.group()) + "|" + names(placement.next());
    }

    private static String names(List<GroupMember> group) {
        return group.stream().map(member -> member.id().node().name()).collect(Collectors.joining());
    }

    private static void refuses(String text, Runnable change) {
        String message =
                assertThrows(IllegalArgumentException.class, change::run).getMessage();
        assertTrue(message.contains(text), message);
    }
}
