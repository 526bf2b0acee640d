package io.coterie.replication.quorums;

import io.coterie.rpc.node.NodeId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A rule for which sets of members are a quorum. A quorum with one more member is a quorum, too.
 *
 * <p>A system is a function of the members' names. Where places matter, as in a grid, members take
 * them in the order of their names. {@link #of} is the system for members that are known. It
 * refuses members for which the system is not defined.
 *
 * <p>Two systems are equal if their texts are. Immutable; any thread may call the methods.
 */
public final class QuorumSystem {
    /** The most members of a group. */
    public static final int MAX_MEMBERS = Long.SIZE;

    /** The most that all weights of a system may be together. */
    public static final int MAX_WEIGHT = 10_000;

    private static final QuorumSystem MAJORITY = new QuorumSystem("majority", null, WeightedQuorums::majority);
    private static final QuorumSystem ALL = new QuorumSystem("all", null, WeightedQuorums::all);

    private final String text;

    /** The names that it is for, in their order; null if it is for any. */
    private final @Nullable List<String> names;

    /** The number of members that it is for; 0 if it is for any. */
    private final int size;

    private final Function<List<String>, MemberQuorums> rule;

    QuorumSystem(String text, @Nullable List<String> names, Function<List<String>, MemberQuorums> rule) {
        this(text, names, names == null ? 0 : names.size(), rule);
    }

    private QuorumSystem(
            String text, @Nullable List<String> names, int size, Function<List<String>, MemberQuorums> rule) {
        this.text = text;
        this.names = names;
        this.size = size;
        this.rule = rule;
    }

    /** More than half of the members. */
    public static QuorumSystem majority() {
        return MAJORITY;
    }

    /**
     * That many members, whichever they are.
     *
     * @param count 1 to 64; not defined for fewer members
     * @throws IllegalArgumentException if the count is out of range
     */
    public static QuorumSystem atLeast(int count) {
        if (count < 1 || count > MAX_MEMBERS) {
            throw new IllegalArgumentException("a quorum of at least " + count + " members: give 1 to the number of"
                    + " members, which is " + MAX_MEMBERS + " at most");
        }
        return new QuorumSystem("atLeast(" + count + ")", null, members -> WeightedQuorums.atLeast(count, members));
    }

    /** All members. With {@code atLeast(1)} for reads this is read one, write all. */
    public static QuorumSystem all() {
        return ALL;
    }

    /**
     * Members with more than half of the weight of all (Gifford, 1979).
     *
     * @param weights for each member its weight, 0 or more, together 1 to 10,000. Defined for exactly
     *     these members
     * @throws IllegalArgumentException if a name cannot be one of a member, or a weight is out of
     *     range
     */
    public static QuorumSystem weights(Map<String, Integer> weights) {
        return weights(weights, (int) (weightOf(weights) / 2 + 1));
    }

    /**
     * Members with that much weight together.
     *
     * @param needed 1 to the weight of all
     * @throws IllegalArgumentException if {@code needed} or a weight is out of range
     */
    public static QuorumSystem weights(Map<String, Integer> weights, int needed) {
        long all = weightOf(weights);
        if (needed < 1 || needed > all) {
            throw new IllegalArgumentException("a quorum with the weight " + needed + ", and the weights " + weights
                    + ": give 1 to " + all + ", the weight of all members");
        }
        Map<String, Integer> sorted = new TreeMap<>(weights);
        int[] inOrder = sorted.values().stream().mapToInt(Integer::intValue).toArray();
        return new QuorumSystem(
                QuorumTexts.weights(sorted, needed),
                List.copyOf(sorted.keySet()),
                members -> new WeightedQuorums(members, inOrder, needed));
    }

    private static long weightOf(Map<String, Integer> weights) {
        Objects.requireNonNull(weights, "weights must not be null");
        long all = 0;
        for (Map.Entry<String, Integer> each : weights.entrySet()) {
            Integer weight = each.getValue();
            if (weight == null || weight < 0) {
                throw new IllegalArgumentException(
                        "member " + NodeId.of(each.getKey()) + " has the weight " + weight + ": give 0 or more");
            }
            NodeId.of(each.getKey());
            all += weight;
        }
        if (all < 1 || all > MAX_WEIGHT || weights.size() > MAX_MEMBERS) {
            throw new IllegalArgumentException("the weights " + weights + " are " + all + " together: give 1 to "
                    + MAX_WEIGHT + ", and " + MAX_MEMBERS + " members at most");
        }
        return all;
    }

    /**
     * A whole row and a whole column of a grid. Any two such quorums meet. Members fill the grid row
     * by row, in the order of their names.
     *
     * @param rows 1 or more; defined for {@code rows * columns} members, at most 64
     * @throws IllegalArgumentException if there is no such grid
     */
    public static QuorumSystem grid(int rows, int columns) {
        return ofGrid("grid", rows, columns, true, true);
    }

    /** A whole row of a grid; meets {@link #columns} of the same grid. Otherwise as {@link #grid}. */
    public static QuorumSystem rows(int rows, int columns) {
        return ofGrid("rows", rows, columns, true, false);
    }

    /** A whole column of a grid; meets {@link #rows} of the same grid. Otherwise as {@link #grid}. */
    public static QuorumSystem columns(int rows, int columns) {
        return ofGrid("columns", rows, columns, false, true);
    }

    private static QuorumSystem ofGrid(String name, int rows, int columns, boolean row, boolean column) {
        if (rows < 1 || columns < 1 || (long) rows * columns > MAX_MEMBERS) {
            throw new IllegalArgumentException("a grid of " + rows + " rows and " + columns
                    + " columns: give 1 or more of each, and " + MAX_MEMBERS + " members at most");
        }
        return new QuorumSystem(
                name + "(" + rows + "x" + columns + ")",
                null,
                rows * columns,
                members -> new GridQuorums(members, rows, columns, row, column));
    }

    /**
     * A majority of the members of each of a majority of zones (Kumar, 1991).
     *
     * @param zones for each zone its members. Defined for exactly these members
     * @throws IllegalArgumentException if a zone is empty, a member is in two, or a name cannot be
     *     one of a member
     */
    public static QuorumSystem zones(Map<String, ? extends Collection<String>> zones) {
        return zones(zones, zones.size() / 2 + 1);
    }

    /**
     * A majority of the members of each of that many zones. Two such systems of the same zones meet
     * if together they need more zones than there are.
     *
     * @param needed 1 to the number of zones
     * @throws IllegalArgumentException as for {@link #zones(Map)}, or if {@code needed} is out of
     *     range
     */
    public static QuorumSystem zones(Map<String, ? extends Collection<String>> zones, int needed) {
        Objects.requireNonNull(zones, "zones must not be null");
        if (needed < 1 || needed > zones.size()) {
            throw new IllegalArgumentException("a quorum of " + needed + " of the zones " + zones
                    + ": give 1 to the number of zones, and at least one zone");
        }
        Map<String, List<String>> sorted = new TreeMap<>();
        TreeSet<String> all = new TreeSet<>();
        for (Map.Entry<String, ? extends Collection<String>> each : zones.entrySet()) {
            String zone = NodeId.of(each.getKey()).name();
            List<String> members = each.getValue().stream().sorted().toList();
            if (members.isEmpty()) {
                throw new IllegalArgumentException("zone " + zone + " has no members: leave it out, or give it some");
            }
            for (String member : members) {
                if (!all.add(NodeId.of(member).name())) {
                    throw new IllegalArgumentException(
                            "member " + member + " is in zone " + zone + " and once more: give each member one zone");
                }
            }
            sorted.put(zone, members);
        }
        return new QuorumSystem(
                QuorumTexts.zones(sorted, needed),
                List.copyOf(all),
                members -> new ZoneQuorums(members, List.copyOf(sorted.values()), needed));
    }

    /**
     * A system of your own.
     *
     * <p>The function is called when members become known, not for requests. It may be called by any
     * thread, must be pure, and must return at once.
     *
     * @param name 1 to 64 letters, digits, '.', '_' and '-'. Two systems of the same name count as
     *     the same
     * @param quorums gets the names of the members in alphabetical order, at most 20, and returns
     *     the quorums: 1 to 1,000 sets of these names, none of them empty. Each set that includes
     *     one of them is a quorum as well
     * @throws IllegalArgumentException if the name is not valid
     */
    public static QuorumSystem own(
            String name, Function<List<String>, ? extends Collection<? extends Collection<String>>> quorums) {
        Objects.requireNonNull(quorums, "quorums must not be null");
        String checked = NodeId.of(name).name();
        return new QuorumSystem("own(" + checked + ")", null, members -> ListedQuorums.of(checked, quorums, members));
    }

    /**
     * The system for these members.
     *
     * @param members 1 to 64 names, none of them twice; their order does not matter
     * @throws IllegalArgumentException if the system is not defined for them, or a system of your own
     *     fails. The text says why, and what to do
     */
    public MemberQuorums of(Collection<String> members) {
        List<String> sorted = members.stream().sorted().toList();
        if (sorted.isEmpty() || sorted.size() > MAX_MEMBERS || new TreeSet<>(sorted).size() != sorted.size()) {
            throw new IllegalArgumentException(
                    "members " + sorted + ": give 1 to " + MAX_MEMBERS + " names, and none of them twice");
        }
        List<String> known = names;
        if (known != null && !known.equals(sorted)) {
            throw new IllegalArgumentException("the quorums " + text + " are for the members " + known
                    + ", and the members are " + sorted + ": " + difference(known, sorted));
        }
        return rule.apply(sorted);
    }

    private static String difference(List<String> known, List<String> members) {
        List<String> unknown =
                members.stream().filter(each -> !known.contains(each)).toList();
        List<String> missing =
                known.stream().filter(each -> !members.contains(each)).toList();
        return (unknown.isEmpty() ? "" : "name " + unknown + " in the quorums, too")
                + (unknown.isEmpty() || missing.isEmpty() ? "" : ", and ")
                + (missing.isEmpty() ? "" : "leave out " + missing + ", which are no members");
    }

    /** The names that it is for, in their order; null if it is for any. */
    @Nullable
    List<String> names() {
        return names;
    }

    /** The number of members that it is for; 0 if it is for any. */
    int size() {
        return size;
    }

    /** Whether this is the system of majorities, which is counted. */
    public boolean isMajority() {
        return equals(MAJORITY);
    }

    /**
     * Whether each quorum of one shares a member with each quorum of the other. The answer is exact.
     * Systems of counts and weights take some milliseconds at most. Otherwise the quorums of one of
     * them are gone through, up to a million.
     *
     * @throws IllegalArgumentException if one is not defined for the members, or both have more than
     *     a million minimal quorums
     */
    public static boolean intersects(QuorumSystem reads, QuorumSystem writes, Collection<String> members) {
        return Meeting.disjoint(reads.of(members), writes.of(members)) == null;
    }

    /**
     * The system with that text.
     *
     * @return null if it is one of your own, which only its author knows
     * @throws IllegalArgumentException if there is no such text
     */
    @Nullable
    public static QuorumSystem parse(String text) {
        return QuorumTexts.parse(text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QuorumSystem that && that.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The system as a text, such as {@code majority}, {@code rows(3x3)} or {@code weights(a=2,b=1;2)}. */
    @Override
    public String toString() {
        return text;
    }
}
