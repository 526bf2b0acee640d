package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.BrokenNode.Break;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.storage.Storage;
import io.coterie.simulation.SimulationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each variant breaks one rule that changes of the members rest on, and is caught: by what its
 * clients got, or by the all-seeing audit. {@link SchedulesTest} has those that chance catches at
 * few seeds only.
 */
class BrokenChangesTest {
    private static final int SEEDS = 600;
    private static final int AT_ONCE = 4;

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void isCaught(String name, LongFunction<ChangesRun> runs) {
        for (long from = 1; from <= SEEDS; from += AT_ONCE) {
            OptionalLong caught = LongStream.range(from, from + AT_ONCE)
                    .parallel()
                    .filter(seed -> contradictsAPromise(runs, seed))
                    .min();
            if (caught.isPresent()) {
                System.out.println(name + ": caught at seed " + caught.getAsLong());
                return;
            }
        }
        fail(name + " contradicted no promise within " + SEEDS + " seeds");
    }

    private static boolean contradictsAPromise(LongFunction<ChangesRun> runs, long seed) {
        try {
            ChangesRun run = runs.apply(seed);
            return !run.problems().isEmpty()
                    || !run.verdict().isLinearizable()
                    || !run.contradictions().isEmpty();
        } catch (SimulationException e) {
            return false;
        }
    }

    static Stream<Arguments> variants() {
        Map<String, LongFunction<ChangesRun>> all = new LinkedHashMap<>();
        all.put("promises do not travel", broken(promisesThatStay()));
        all.put("floors not brought", broken(floorsThatStay()));
        all.put("list of one member", broken(new Break() {
            @Override
            public boolean listsForAll() {
                return true;
            }
        }));
        all.put("copy without the newcomer", broken(new Break() {
            @Override
            public boolean passesOverNewcomers() {
                return true;
            }
        }));
        all.put("commit without transfer", broken(new Break() {
            @Override
            public Page listed(Page page) {
                return new Page(page.stores(), List.of(), null);
            }
        }));
        all.put("any epoch served", broken(new Break() {
            @Override
            public boolean servesAnyEpoch() {
                return true;
            }
        }));
        all.put("promises alone not listed", broken(new Break() {
            @Override
            public Page listed(Page page) {
                return new Page(
                        page.stores(),
                        page.entries().stream()
                                .filter(entry -> !isPromiseAlone(entry))
                                .toList(),
                        page.next());
            }
        }));
        all.put("configuration adopted before it is chosen", broken(new Break() {
            @Override
            public boolean adoptsProposals() {
                return true;
            }
        }));
        all.put("keepers that do not compare the epoch", broken(new Break() {
            @Override
            public boolean keepsForPastEpochs() {
                return true;
            }
        }));
        all.put("quorum of the next group only", withRules(BrokenQuorums::ofTheNextGroup));
        all.put("records kept by who was away", withRecords(BrokenRecords::keepingAll));
        all.put("records dropped by who is to go", withRecords(BrokenRecords::withoutWhatLeaves));
        all.put("configuration used before it is durable", withRecords(BrokenRecords::withoutTheLastConfiguration));
        return all.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
    }

    private static LongFunction<ChangesRun> withRules(Supplier<ConsensusRules> rules) {
        return seed -> new ChangesRun(seed, Variant.CORRECT.withRules(context -> rules.get()));
    }

    private static LongFunction<ChangesRun> withRecords(UnaryOperator<Storage> storage) {
        return seed -> new ChangesRun(seed, Variant.CORRECT, storage);
    }

    private static boolean isPromiseAlone(Listed entry) {
        return entry instanceof Listed.Register register && register.accepted().equals(Ballot.NONE);
    }

    private static LongFunction<ChangesRun> broken(Break how) {
        return seed -> new ChangesRun(seed, BrokenNode.variant(how));
    }

    private static Break promisesThatStay() {
        return new Break() {
            @Override
            public Known sent(Known known) {
                return known instanceof Known.Register register
                        ? new Known.Register(register.key(), register.accepted(), register.accepted(), register.state())
                        : known;
            }
        };
    }

    private static Break floorsThatStay() {
        return new Break() {
            @Override
            public @Nullable Known sent(Known known) {
                return known instanceof Known.Floor ? null : known;
            }
        };
    }
}
