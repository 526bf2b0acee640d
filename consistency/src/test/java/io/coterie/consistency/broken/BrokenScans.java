package io.coterie.consistency.broken;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.WrappedStore;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.replication.spi.Voters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Scans and reads of many keys, each of which breaks one rule. */
public final class BrokenScans {
    private BrokenScans() {}

    private static SimulatedCluster.Variant rules(Supplier<ConsensusRules> rules) {
        return SimulatedCluster.Variant.CORRECT.withRules(context -> rules.get());
    }

    private static SimulatedCluster.Variant pages(UnaryOperator<List<ScanAnswer>> change) {
        return rules(() -> new ConsensusRules() {
            @Override
            public List<ScanAnswer> page(List<ScanAnswer> answers) {
                return change.apply(answers);
            }
        });
    }

    /** A page is what the first replica to answer holds, which at a replica is itself. */
    public static SimulatedCluster.Variant ofOneReplica() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isPageRead(Voters voters, long replicas) {
                return replicas != 0;
            }

            @Override
            public boolean isChosenInPage(Voters voters, long agreeing) {
                return true;
            }
        });
    }

    /** A page has what the first of a majority holds, though the others may hold something else. */
    public static SimulatedCluster.Variant ofWhatIsNotChosen() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isChosenInPage(Voters voters, long agreeing) {
                return true;
            }
        });
    }

    /**
     * A page believes the highest ballot that it sees of a key, though only a minority may have it.
     */
    public static SimulatedCluster.Variant ofTheHighestBallot() {
        return pages(BrokenScans::highest);
    }

    /** A page leaves out what not all answers agree on. */
    public static SimulatedCluster.Variant withoutWhatIsBeingChanged() {
        return pages(BrokenScans::agreed);
    }

    /** A page has the values that the page before it had, where that had the keys, too. */
    public static SimulatedCluster.Variant ofWhatWasSeenLast() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new WrappedStore(new StrongStore(context)) {
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
