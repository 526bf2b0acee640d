package io.coterie.replication.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.transfer.BrokenCalls.Break;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * All that a majority of the group knew before a transfer is known by a majority of the next group,
 * and by its newcomer, afterwards.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds instead of 20. A replay:
 * {@code -Dcoterie.seed=S} runs that seed alone.
 */
class TransferSimulationTest {
    private static final int FIXED_SEEDS = 60;
    private static final int FRESH_SEEDS = 20;
    private static final List<String> GROUP = List.of("a", "b", "c");
    private static final List<String> NEXT = List.of("a", "c", "d");

    private static LongStream seeds() {
        Long one = Long.getLong("coterie.seed");
        long fresh = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream all =
                LongStream.concat(LongStream.rangeClosed(1, FIXED_SEEDS), LongStream.range(fresh, fresh + count));
        return one == null ? all : LongStream.of(one);
    }

    @Test
    void whatAMajorityKnewIsKnownByTheNextGroupAndItsNewcomer() {
        long keys = 0;
        long rounds = 0;
        for (long seed : seeds().toArray()) {
            GroupsRun run = new GroupsRun(seed, plan -> plan, node -> node);
            String replay = "seed " + seed + "; again: -Dcoterie.seed=" + seed;
            assertEquals(new Transfer.Outcome.Done(), run.outcome(), replay);
            assertEquals(List.of(), forgotten(run), replay);
            assertEquals(run.progress().keysSeen(), run.progress().keysDone(), replay);
            keys += run.progress().keysDone();
            rounds += run.rounds();
        }
        assertTrue(keys > 1_000 && rounds > 100, keys + " keys, " + rounds + " rounds");
    }

    @Test
    void promisesThatDoNotTravelAreCaught() {
        isCaught(plan -> plan, new Break() {
            @Override
            public Known sent(Known known) {
                return known instanceof Known.Register register
                        ? new Known.Register(register.key(), register.accepted(), register.accepted(), register.state())
                        : known;
            }
        });
    }

    @Test
    void keysWithAPromiseOnlyThatAreNotListedAreCaught() {
        isCaught(plan -> plan, new Break() {
            @Override
            public Page listed(Page page) {
                List<Listed> entries = page.entries().stream()
                        .filter(entry -> !(entry instanceof Listed.Register register
                                && register.accepted().equals(Ballot.NONE)))
                        .toList();
                return new Page(page.stores(), entries, page.next());
            }
        });
    }

    @Test
    void floorsThatAreNotBroughtAreCaught() {
        isCaught(plan -> plan, new Break() {
            @Override
            public Known sent(Known known) {
                return known instanceof Known.Floor ? null : known;
            }
        });
    }

    @Test
    void aListOfOneMemberOnlyIsCaught() {
        isCaught(plan -> new TransferPlan(plan.since(), plan.group().subList(0, 1), plan.next()), new Break() {});
    }

    @Test
    void aTransferThatDoesNotWaitForTheNewcomerIsCaught() {
        isCaught(plan -> plan, new Break() {
            @Override
            public boolean seemsToTake(NodeId member) {
                return member.name().equals("d");
            }
        });
    }

    private static void isCaught(UnaryOperator<TransferPlan> plan, Break how) {
        UnaryOperator<RpcNode> node = BrokenCalls.of(how);
        assertTrue(LongStream.rangeClosed(1, 20)
                .anyMatch(seed -> !forgotten(new GroupsRun(seed, plan, node)).isEmpty()));
    }

    /** What a majority of the group knew, and the next group does not. */
    private static List<String> forgotten(GroupsRun run) {
        List<String> forgotten = new ArrayList<>();
        Set<RecordKey> keys = new HashSet<>();
        Set<RecordKey> values = new HashSet<>();
        for (String name : GROUP) {
            keys.addAll(known(run.before, name).registers.keySet());
            values.addAll(known(run.before, name).values.keySet());
        }
        for (RecordKey key : keys) {
            Ballot promised = ofMajority(GROUP, run.before, known -> known.promised(key));
            Ballot accepted = ofMajority(GROUP, run.before, known -> known.accepted(key));
            check(forgotten, run, "promise of " + key, promised, known -> known.promised(key));
            check(
                    forgotten,
                    run,
                    "state of " + key,
                    accepted,
                    known -> run.wasRemoved(key) && known.accepted(key).equals(Ballot.NONE)
                            ? known.floor(key)
                            : known.accepted(key));
        }
        for (RecordKey key : values) {
            Function<Knowledge, Ballot> timestamp = known -> known.timestamp(key);
            check(forgotten, run, "value of " + key, ofMajority(GROUP, run.before, timestamp), timestamp);
        }
        for (String name : NEXT) {
            if (known(run.after, name).stores.size() < 3) {
                forgotten.add("stores at " + name);
            }
        }
        return forgotten;
    }

    private static void check(
            List<String> forgotten, GroupsRun run, String what, Ballot least, Function<Knowledge, Ballot> found) {
        if (least.isAbove(ofMajority(NEXT, run.after, found))) {
            forgotten.add(what + " " + least + " at a majority");
        }
        if (least.isAbove(found.apply(known(run.after, "d")))) {
            forgotten.add(what + " " + least + " at the newcomer");
        }
    }

    /** The highest ballot that two of three have, or a higher one. */
    private static Ballot ofMajority(
            List<String> names, Map<String, Knowledge> all, Function<Knowledge, Ballot> found) {
        return names.stream()
                .map(name -> found.apply(known(all, name)))
                .sorted(Comparator.reverseOrder())
                .skip(1)
                .findFirst()
                .orElseThrow();
    }

    private static Knowledge known(Map<String, Knowledge> all, String name) {
        return all.getOrDefault(name, new Knowledge());
    }
}
