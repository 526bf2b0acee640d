package io.coterie.consistency;

import io.coterie.replication.ScanAnswer;
import io.coterie.replication.ScannedKey;
import io.coterie.rpc.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Scans and reads of many keys, each of which breaks one rule. */
final class BrokenScans {
    private interface Rounds {
        ScanRound create(Scans scans, KeyRange range, int limit, long deadline, ScanCompletion completion);
    }

    private BrokenScans() {}

    private static SimulatedCluster.Variant rounds(Rounds rounds) {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            @Override
            Scans newScans(StoreContext of) {
                return new Scans(of, this) {
                    @Override
                    ScanRound newRound(KeyRange range, int limit, long deadline, ScanCompletion completion) {
                        return rounds.create(this, range, limit, deadline, completion);
                    }
                };
            }
        });
    }

    /** A page is what the first replica to answer holds, which at a replica is itself. */
    static SimulatedCluster.Variant ofOneReplica() {
        return rounds((scans, range, limit, deadline, completion) ->
                new ScanRound(scans, range, limit, deadline, completion) {
                    @Override
                    int needed() {
                        return 1;
                    }

                    @Override
                    boolean isChosen(int agreeing) {
                        return true;
                    }
                });
    }

    /** A page has what the first of a majority holds, though the others may hold something else. */
    static SimulatedCluster.Variant ofWhatIsNotChosen() {
        return rounds((scans, range, limit, deadline, completion) ->
                new ScanRound(scans, range, limit, deadline, completion) {
                    @Override
                    boolean isChosen(int agreeing) {
                        return true;
                    }
                });
    }

    /** A page believes the highest ballot that it sees of a key, though only a minority may have it. */
    static SimulatedCluster.Variant ofTheHighestBallot() {
        return rounds((scans, range, limit, deadline, completion) ->
                new Altered(scans, range, limit, deadline, completion, BrokenScans::highest));
    }

    /** A page leaves out what not all answers agree on. */
    static SimulatedCluster.Variant withoutWhatIsBeingChanged() {
        return rounds((scans, range, limit, deadline, completion) ->
                new Altered(scans, range, limit, deadline, completion, BrokenScans::agreed));
    }

    /** A page has the values that the page before it had, where that had the keys, too. */
    static SimulatedCluster.Variant ofWhatWasSeenLast() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            private final Map<Integer, ScannedPage.Entry> seen = new HashMap<>();

            @Override
            public void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
                super.scan(range, limit, deadlineNanos, new ScanCompletion() {
                    @Override
                    public void complete(ScannedPage page) {
                        List<ScannedPage.Entry> old = new ArrayList<>();
                        for (ScannedPage.Entry entry : page.entries()) {
                            ScannedPage.Entry before = seen.put(Arrays.hashCode(entry.key()), entry);
                            old.add(before == null ? entry : before);
                        }
                        completion.complete(new ScannedPage(old, page.next()));
                    }

                    @Override
                    public void fail(Throwable error) {
                        completion.fail(error);
                    }
                });
            }
        });
    }

    /** Holds the answers of a majority back, and hands over others in their place. */
    private static final class Altered extends ScanRound {
        private final UnaryOperator<List<ScanAnswer>> change;
        private final List<NodeId> replicas = new ArrayList<>();
        private final List<ScanAnswer> held = new ArrayList<>();

        Altered(
                Scans scans,
                KeyRange range,
                int limit,
                long deadline,
                ScanCompletion completion,
                UnaryOperator<List<ScanAnswer>> change) {
            super(scans, range, limit, deadline, completion);
            this.change = change;
        }

        @Override
        public boolean onAnswer(NodeId replica, ScanAnswer answer) {
            if (held.size() == needed()) {
                return true;
            }
            replicas.add(replica);
            held.add(answer);
            if (held.size() < needed()) {
                return false;
            }
            List<ScanAnswer> changed = change.apply(held);
            for (int i = 0; i < changed.size(); i++) {
                super.onAnswer(replicas.get(i), changed.get(i));
            }
            return true;
        }
    }

    private static List<ScanAnswer> highest(List<ScanAnswer> answers) {
        TreeMap<byte[], ScannedKey> highest = new TreeMap<>(Arrays::compareUnsigned);
        answers.forEach(answer -> answer.keys()
                .forEach(one ->
                        highest.merge(one.key(), one, (a, b) -> a.accepted().compareTo(b.accepted()) > 0 ? a : b)));
        return withKeys(answers, List.copyOf(highest.values()));
    }

    private static List<ScanAnswer> agreed(List<ScanAnswer> answers) {
        List<ScannedKey> agreed = new ArrayList<>(answers.get(0).keys());
        agreed.removeIf(one -> !answers.stream()
                .allMatch(answer -> answer.keys().stream()
                        .anyMatch(other -> Arrays.equals(one.key(), other.key())
                                && one.accepted().equals(other.accepted()))));
        return withKeys(answers, agreed);
    }

    private static List<ScanAnswer> withKeys(List<ScanAnswer> answers, List<ScannedKey> keys) {
        return answers.stream()
                .map(answer -> new ScanAnswer(keys, answer.upTo()))
                .toList();
    }
}
