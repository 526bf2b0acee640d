package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.BrokenNode.Break;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimulationException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each variant breaks one rule that changes of the members rest on, and is caught: by what its
 * clients got, or by the all-seeing audit.
 */
class BrokenChangesTest {
    private static final int SEEDS = 120;
    private static final int AT_ONCE = 4;

    /** Kinds of entries of a journal. */
    private static final Set<Integer> OF_KEYS = Set.of(5, 6, 7, 8, 9);

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
        all.put("quorum of the next group only", BrokenChangesTest::withQuorumsOfTheNextGroup);
        all.put(
                "records kept by who was away",
                seed -> new ChangesRun(seed, Variant.CORRECT, BrokenChangesTest::keepingAll));
        return all.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
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

    private static ChangesRun withQuorumsOfTheNextGroup(long seed) {
        return new ChangesRun(seed, Variant.CORRECT.withRules(context -> new ConsensusRules() {
            private boolean is(Voters voters, long bits) {
                long next = voters.nextGroup();
                return voters.isJoint()
                        ? Long.bitCount(bits & next) >= Quorums.majority(Long.bitCount(next))
                        : voters.isQuorum(bits);
            }

            @Override
            public boolean isPromised(Voters voters, long replicas) {
                return is(voters, replicas);
            }

            @Override
            public boolean isAccepted(Voters voters, long replicas) {
                return is(voters, replicas);
            }

            @Override
            public boolean isRead(Voters voters, long replicas) {
                return is(voters, replicas);
            }
        }));
    }

    /** A start finds the records that it had to drop, as if they came after all configurations. */
    private static Storage keepingAll(Storage correct) {
        return new Storage() {
            @Override
            public Journal open(
                    NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
                List<ByteBuffer> ofKeys = new ArrayList<>();
                Journal opened = correct.open(
                        self,
                        world,
                        entry -> {
                            if (OF_KEYS.contains((int) entry.get(entry.position()))) {
                                ofKeys.add(ByteBuffer.allocate(entry.remaining())
                                        .put(entry)
                                        .flip());
                            } else {
                                recovered.accept(entry);
                            }
                        },
                        onFailure);
                ofKeys.forEach(recovered);
                return opened;
            }

            @Override
            public boolean survivesRestart() {
                return correct.survivesRestart();
            }
        };
    }
}
