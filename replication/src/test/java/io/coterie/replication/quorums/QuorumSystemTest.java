package io.coterie.replication.quorums;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each system is compared, over all sets of members, with its definition written down again here. */
class QuorumSystemTest {
    private static final List<String> NINE = members(9);
    private static final Map<String, List<String>> ZONES =
            Map.of("x", NINE.subList(0, 2), "y", NINE.subList(2, 5), "z", NINE.subList(5, 9));

    private record Defined(QuorumSystem system, List<String> members, LongPredicate definition) {}

    private static List<String> members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.valueOf((char) ('a' + i)))
                .toList();
    }

    private static List<Defined> systems() {
        List<Defined> all = new ArrayList<>();
        for (int n = 1; n <= 7; n++) {
            int members = n;
            all.add(new Defined(QuorumSystem.majority(), members(n), set -> 2 * Long.bitCount(set) > members));
            all.add(new Defined(QuorumSystem.all(), members(n), set -> Long.bitCount(set) == members));
            for (int count = 1; count <= n; count++) {
                int needed = count;
                all.add(new Defined(QuorumSystem.atLeast(count), members(n), set -> Long.bitCount(set) >= needed));
            }
        }
        Random random = new Random(42);
        for (int i = 0; i < 20; i++) {
            int[] weights =
                    IntStream.range(0, 6).map(member -> random.nextInt(5)).toArray();
            int sum = Arrays.stream(weights).sum();
            Map<String, Integer> byName = new TreeMap<>();
            members(6).forEach(name -> byName.put(name, weights[name.charAt(0) - 'a']));
            int needed = 1 + random.nextInt(sum);
            all.add(new Defined(
                    QuorumSystem.weights(byName, needed), members(6), set -> weightOf(weights, set) >= needed));
            all.add(new Defined(QuorumSystem.weights(byName), members(6), set -> 2 * weightOf(weights, set) > sum));
        }
        for (int[] size : new int[][] {{3, 3}, {2, 4}, {1, 5}, {3, 1}}) {
            int rows = size[0];
            int columns = size[1];
            List<String> members = members(rows * columns);
            LongPredicate hasRow = set -> IntStream.range(0, rows)
                    .anyMatch(row -> IntStream.range(0, columns)
                            .allMatch(column -> (set & 1L << (row * columns + column)) != 0));
            LongPredicate hasColumn = set -> IntStream.range(0, columns)
                    .anyMatch(column ->
                            IntStream.range(0, rows).allMatch(row -> (set & 1L << (row * columns + column)) != 0));
            all.add(new Defined(QuorumSystem.rows(rows, columns), members, hasRow));
            all.add(new Defined(QuorumSystem.columns(rows, columns), members, hasColumn));
            all.add(new Defined(QuorumSystem.grid(rows, columns), members, hasRow.and(hasColumn)));
        }
        for (int count = 1; count <= 3; count++) {
            int needed = count;
            LongPredicate zones = set -> working(set, 0, 2) + working(set, 2, 5) + working(set, 5, 9) >= needed;
            all.add(new Defined(QuorumSystem.zones(ZONES, count), NINE, zones));
        }
        all.add(new Defined(
                QuorumSystem.zones(ZONES),
                NINE,
                set -> working(set, 0, 2) + working(set, 2, 5) + working(set, 5, 9) >= 2));
        all.add(new Defined(
                QuorumSystem.own(
                        "triangle", names -> List.of(Set.of("a", "b"), Set.of("b", "c"), List.of("c", "a", "d"))),
                members(5),
                set -> (set & 0b11) == 0b11 || (set & 0b110) == 0b110 || (set & 0b1101) == 0b1101));
        return all;
    }

    private static int weightOf(int[] weights, long set) {
        return IntStream.range(0, weights.length)
                .filter(i -> (set & 1L << i) != 0)
                .map(i -> weights[i])
                .sum();
    }

    private static int working(long set, int from, int to) {
        int alive = Long.bitCount(set & ((1L << to) - (1L << from)));
        return 2 * alive > to - from ? 1 : 0;
    }

    @Test
    void exactlyTheDefinedSetsAreQuorums() {
        for (Defined each : systems()) {
            MemberQuorums quorums = each.system().of(each.members());
            for (long set = 0; set <= quorums.all(); set++) {
                assertEquals(
                        each.definition().test(set), quorums.isQuorum(set), each.system() + " " + quorums.names(set));
                assertEquals(quorums.isQuorum(set), quorums.isQuorum(set | ~quorums.all()), "bits of no member");
            }
        }
    }

    @Test
    void survivedFailuresAreThoseAfterWhichAQuorumIsAlwaysLeft() {
        for (Defined each : systems()) {
            MemberQuorums quorums = each.system().of(each.members());
            for (long alive = 0; alive <= quorums.all(); alive++) {
                assertEquals(
                        survived(each.definition(), alive, quorums.all()),
                        quorums.failuresSurvived(alive),
                        each.system() + " with " + quorums.names(alive));
            }
        }
    }

    private static int survived(LongPredicate definition, long alive, long all) {
        int change = Long.SIZE;
        if (!definition.test(alive)) {
            long dead = all & ~alive;
            for (long back = dead; back != 0; back = (back - 1) & dead) {
                change = definition.test(alive | back) ? Math.min(change, Long.bitCount(back)) : change;
            }
            return -change;
        }
        for (long failed = alive; failed != 0; failed = (failed - 1) & alive) {
            change = definition.test(alive & ~failed) ? change : Math.min(change, Long.bitCount(failed));
        }
        return change - 1;
    }

    @Test
    void twoSystemsMeetExactlyIfNoTwoQuorumsAreDisjoint() {
        int meeting = 0;
        int disjoint = 0;
        List<Defined> all = systems();
        for (Defined one : all) {
            for (Defined other : all) {
                if (!one.members().equals(other.members())) {
                    continue;
                }
                long everyone = (1L << one.members().size()) - 1;
                boolean expected = true;
                for (long set = 0; set <= everyone && expected; set++) {
                    expected =
                            !(one.definition().test(set) && other.definition().test(everyone & ~set));
                }
                assertEquals(
                        expected,
                        QuorumSystem.intersects(one.system(), other.system(), one.members()),
                        one.system() + " and " + other.system());
                meeting += expected ? 1 : 0;
                disjoint += expected ? 0 : 1;
            }
        }
        assertTrue(meeting > 50 && disjoint > 50, meeting + " meet, " + disjoint + " do not");
    }

    @Test
    void theSmallestQuorumsAreThoseThatAreNoneWithoutAMember() {
        for (Defined each : systems()) {
            MemberQuorums quorums = each.system().of(each.members());
            Set<Set<String>> expected = new LinkedHashSet<>();
            for (long set = 0; set <= quorums.all(); set++) {
                boolean minimal = each.definition().test(set);
                for (long left = set; left != 0; left &= left - 1) {
                    minimal &= !each.definition().test(set & ~Long.lowestOneBit(left));
                }
                if (minimal) {
                    expected.add(quorums.names(set));
                }
            }
            List<Set<String>> found = quorums.smallest(10_000);
            assertEquals(expected, new LinkedHashSet<>(found), each.system().toString());
            assertEquals(expected.size(), found.size(), each.system().toString());
            assertEquals(found.subList(0, 1), quorums.smallest(1), each.system().toString());
            for (int i = 1; i < found.size(); i++) {
                assertTrue(
                        found.get(i - 1).size() <= found.get(i).size(),
                        each.system().toString());
            }
        }
    }

    @Test
    void aTextStandsForItsSystem() {
        for (Defined each : systems()) {
            QuorumSystem parsed = QuorumSystem.parse(each.system().toString());
            if (parsed == null) {
                assertTrue(
                        each.system().toString().startsWith("own("),
                        each.system().toString());
                continue;
            }
            assertEquals(each.system(), parsed);
            MemberQuorums quorums = parsed.of(each.members());
            for (long set = 0; set <= quorums.all(); set++) {
                assertEquals(
                        each.definition().test(set),
                        quorums.isQuorum(set),
                        each.system().toString());
            }
        }
        for (String text : List.of("", "minority", "grid(3)", "rows(3x)", "weights(a=1)", "zones(;1)", "atLeast(x)")) {
            assertThrows(IllegalArgumentException.class, () -> QuorumSystem.parse(text), text);
        }
    }

    @Test
    void theTextsAreAsReplicasRecordThem() {
        Map<String, Integer> weights = new LinkedHashMap<>(Map.of("b", 1));
        weights.put("a", 2);
        assertEquals("weights(a=2,b=1;2)", QuorumSystem.weights(weights).toString());
        assertEquals(
                "zones(x=a+b,y=c+d+e,z=f+g+h+i;2)", QuorumSystem.zones(ZONES).toString());
        assertEquals("rows(3x3)", QuorumSystem.rows(3, 3).toString());
        assertEquals(
                "strong, prepare rows(3x3), accept columns(3x3)",
                new QuorumPair(QuorumSystem.rows(3, 3), QuorumSystem.columns(3, 3)).policyName("strong"));
        assertEquals("strong", QuorumPair.MAJORITIES.policyName("strong"));
    }

    @Test
    void aPolicysNameHasItsQuorums() {
        QuorumPair pair = new QuorumPair(QuorumSystem.zones(ZONES, 3), QuorumSystem.zones(ZONES, 1));
        assertEquals(pair, QuorumPair.ofPolicy(pair.policyName("strong")));
        assertEquals("strong", QuorumPair.policyWithoutQuorums(pair.policyName("strong")));
        assertEquals(QuorumPair.MAJORITIES, QuorumPair.ofPolicy("strong"));
        QuorumPair own = new QuorumPair(QuorumSystem.own("mine", names -> List.of(names)), QuorumSystem.all());
        assertEquals(null, QuorumPair.ofPolicy(own.policyName("strong")), "only its author knows it");
    }

    @Test
    void largeSystemsAreDecidedOrRefused() {
        List<String> many =
                IntStream.range(0, 64).mapToObj(i -> "m" + (100 + i)).toList();
        assertTrue(QuorumSystem.intersects(QuorumSystem.majority(), QuorumSystem.majority(), many));
        assertTrue(QuorumSystem.intersects(QuorumSystem.atLeast(4), QuorumSystem.atLeast(61), many));
        assertFalse(QuorumSystem.intersects(QuorumSystem.atLeast(4), QuorumSystem.atLeast(60), many));
        assertTrue(QuorumSystem.intersects(QuorumSystem.rows(8, 8), QuorumSystem.columns(8, 8), many));
        assertTrue(QuorumSystem.intersects(QuorumSystem.rows(8, 8), QuorumSystem.atLeast(57), many));
        assertFalse(QuorumSystem.intersects(QuorumSystem.atLeast(56), QuorumSystem.rows(8, 8), many));
        Map<String, List<String>> zones = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            zones.put("z" + i, many.subList(16 * i, 16 * i + 16));
        }
        assertTrue(QuorumSystem.intersects(QuorumSystem.zones(zones), QuorumSystem.zones(zones), many));
        assertFalse(QuorumSystem.intersects(QuorumSystem.zones(zones), QuorumSystem.atLeast(37), many));
        String text = assertThrows(
                        IllegalArgumentException.class,
                        () -> QuorumSystem.intersects(QuorumSystem.zones(zones), QuorumSystem.atLeast(38), many))
                .getMessage();
        assertTrue(text.contains("cannot be decided"), text);
    }

    @Test
    void twoQuorumsThatDoNotMeetAreNamed() {
        QuorumPair pair = new QuorumPair(QuorumSystem.rows(3, 3), QuorumSystem.rows(3, 3));
        String text = assertThrows(IllegalArgumentException.class, () -> pair.requireMeeting(NINE))
                .getMessage();
        assertTrue(text.contains("[a, b, c]") && text.contains("share no member"), text);
        new QuorumPair(QuorumSystem.rows(3, 3), QuorumSystem.columns(3, 3)).requireMeeting(NINE);
        QuorumPair counts = new QuorumPair(QuorumSystem.atLeast(2), QuorumSystem.atLeast(1));
        assertThrows(IllegalArgumentException.class, () -> counts.requireMeeting(members(3)));
        counts.requireMeeting(members(2));
    }

    @Test
    void badInputIsNamed() {
        refused("at least 0", () -> QuorumSystem.atLeast(0));
        refused("give 1 to 3", () -> QuorumSystem.atLeast(4).of(members(3)));
        refused("give 1 or more", () -> QuorumSystem.grid(0, 3));
        refused("64 members at most", () -> QuorumSystem.rows(9, 9));
        refused("there are 8", () -> QuorumSystem.grid(3, 3).of(members(8)));
        refused("weight -1", () -> QuorumSystem.weights(Map.of("a", -1)));
        refused("are 0 together", () -> QuorumSystem.weights(Map.of("a", 0)));
        refused("the weight 3", () -> QuorumSystem.weights(Map.of("a", 2), 3));
        refused(
                "name [c] in the quorums",
                () -> QuorumSystem.weights(Map.of("a", 1, "b", 1)).of(members(3)));
        refused(
                "leave out [x]",
                () -> QuorumSystem.weights(Map.of("a", 1, "x", 1)).of(members(1)));
        refused("node name", () -> QuorumSystem.weights(Map.of("a b", 1)));
        refused("and once more", () -> QuorumSystem.zones(Map.of("x", List.of("a"), "y", List.of("a"))));
        refused("has no members", () -> QuorumSystem.zones(Map.of("x", List.of())));
        refused("of the zones", () -> QuorumSystem.zones(Map.of("x", List.of("a")), 2));
        refused("at least one zone", () -> QuorumSystem.zones(Map.of(), 0));
        refused("none of them twice", () -> QuorumSystem.majority().of(List.of("a", "a")));
    }

    @Test
    void aSystemOfYourOwnThatFailsIsNamed() {
        ownRefused("returned null", names -> null);
        ownRefused("returned 0 quorums", names -> List.of());
        ownRefused("give each quorum a member", names -> List.of(Set.of()));
        ownRefused("give each quorum a member", names -> Arrays.asList((Set<String>) null));
        ownRefused("is none of them", names -> List.of(Set.of("z")));
        ownRefused("threw java.lang.IllegalStateException: broken", names -> {
            throw new IllegalStateException("broken");
        });
        refused(
                "20 members at most",
                () -> QuorumSystem.own("mine", names -> List.of(names)).of(members(21)));
        assertNotNull(QuorumSystem.own("mine", names -> List.of(names)).of(members(20)));
    }

    private static void ownRefused(
            String part, Function<List<String>, Collection<? extends Collection<String>>> quorums) {
        refused(part, () -> QuorumSystem.own("mine", quorums).of(members(3)));
        refused("own", () -> QuorumSystem.own("mine", quorums).of(members(3)));
    }

    private static void refused(String part, Runnable task) {
        String text =
                assertThrows(IllegalArgumentException.class, task::run, part).getMessage();
        assertTrue(text.contains(part), () -> "\"" + text + "\" lacks \"" + part + "\"");
    }
}
