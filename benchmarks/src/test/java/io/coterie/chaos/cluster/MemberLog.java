package io.coterie.chaos.cluster;

import io.coterie.Member;
import io.coterie.MembersView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The members as the replicas came to know them, and how the changes ended that replicas were
 * ordered to make. Safe for use by any thread.
 */
public final class MemberLog {
    /** How the text of a change begins that was made. Otherwise it is the reason of the refusal. */
    public static final String MADE = "made";

    private static final String MEMBERS = "members ";
    private static final String CHANGE = "change ";

    private final TreeMap<Long, Seen> seen = new TreeMap<>();
    private final Map<Integer, String> outcomes = new HashMap<>();
    private final List<String> contradictions = new ArrayList<>();
    private int changes;

    /**
     * Members under one epoch.
     *
     * @param isChanging whether a change was running
     * @param members the incarnation of each member that stays, by its name
     */
    public record Seen(long epoch, boolean isChanging, Map<String, Long> members) {
        public Set<String> names() {
            return members.keySet();
        }

        private static Seen of(MembersView view) {
            return new Seen(
                    view.epoch(),
                    view.isChanging(),
                    view.members().stream()
                            .filter(member -> !member.isLeaving())
                            .collect(Collectors.toMap(
                                    member -> member.name().name(),
                                    Member::incarnation,
                                    (one, other) -> other,
                                    TreeMap::new)));
        }

        private String toLine() {
            return MEMBERS + epoch + " " + isChanging + " "
                    + members.entrySet().stream()
                            .map(member -> member.getKey() + "=" + member.getValue())
                            .collect(Collectors.joining(" "));
        }

        private static Seen ofLine(String line) {
            String[] words = line.substring(MEMBERS.length()).split(" ", -1);
            Map<String, Long> members = new TreeMap<>();
            for (String word : List.of(words).subList(2, words.length)) {
                String[] parts = word.split("=", 2);
                members.put(parts[0], Long.valueOf(parts[1]));
            }
            return new Seen(Long.parseLong(words[0]), Boolean.parseBoolean(words[1]), members);
        }
    }

    /** A line for {@link #read} at the other end. */
    static String line(MembersView view) {
        return Seen.of(view).toLine();
    }

    /** A line for {@link #read} at the other end. */
    static String line(int change, String outcome) {
        return CHANGE + change + " " + outcome.replace('\n', ' ');
    }

    /** Reads a line if it is of a log. Returns whether it is. */
    synchronized boolean read(String line) {
        if (line.startsWith(MEMBERS)) {
            note(Seen.ofLine(line));
        } else if (line.startsWith(CHANGE)) {
            String[] words = line.substring(CHANGE.length()).split(" ", 2);
            outcomes.put(Integer.valueOf(words[0]), words[1]);
        } else {
            return false;
        }
        return true;
    }

    private void note(Seen now) {
        Seen before = seen.putIfAbsent(now.epoch(), now);
        if (before != null && !before.equals(now)) {
            contradictions.add(before + " and " + now);
        }
    }

    /** Epochs under which two replicas knew different members. There must be none. */
    public synchronized List<String> contradictions() {
        return List.copyOf(contradictions);
    }

    /** The members under the highest epoch that any replica has come to know. */
    public synchronized Seen newest() {
        return seen.isEmpty() ? new Seen(0, false, Map.of()) : seen.lastEntry().getValue();
    }

    /** How many changes ended with other members than they began with. */
    public synchronized int made() {
        List<Seen> ends =
                seen.values().stream().filter(each -> !each.isChanging()).toList();
        int made = 0;
        for (int i = 1; i < ends.size(); i++) {
            made += ends.get(i).members().equals(ends.get(i - 1).members()) ? 0 : 1;
        }
        return made;
    }

    /** A number for a change that is going to be ordered. */
    public synchronized int nextChange() {
        changes++;
        return changes;
    }

    /** How a change ended, as far as the replica said that was ordered to make it; or null. */
    public synchronized String outcome(int change) {
        return outcomes.get(change);
    }
}
