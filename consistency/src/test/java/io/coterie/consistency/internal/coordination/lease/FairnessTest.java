package io.coterie.consistency.internal.coordination.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.cluster.SteadyClocks;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who waits for a lease comes to its turn, whatever those do who release and ask again at once. */
class FairnessTest {
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration HOLD = Duration.ofMillis(300);
    private static final Duration LIMIT = Duration.ofHours(4);
    private static final int GRANTS = 10_000;
    private static final int FEWER_GRANTS = 2_500;
    private static final int MAX_CLIENTS = 16;
    private static final NetworkFaults DELAY =
            NetworkFaults.none().withDelay(Duration.ofNanos(100_000), Duration.ofMillis(5));

    /** How long contenders waited, in holds; those who still wait among them. */
    private record Waits(double median, double longestButOneInAThousand, double longest, int count) {
        static Waits of(List<Long> nanos) {
            List<Double> holds = nanos.stream()
                    .map(wait -> (double) wait / HOLD.toNanos())
                    .sorted()
                    .toList();
            int last = holds.size() - 1;
            return new Waits(
                    holds.get(last / 2), holds.get(last - holds.size() / 1_000), holds.get(last), holds.size());
        }
    }

    /**
     * Contenders at clients of three replicas, each of which asks again as soon as it has released.
     */
    private static final class Contest {
        final Simulation simulation;
        final int permits;
        final List<Long> waits = new ArrayList<>();
        final Map<Object, Long> asked = new HashMap<>();
        final List<CoordinationCluster.Member> members = new ArrayList<>();

        Contest(long seed, int clients, int permits) {
            this.simulation = Simulation.create(seed);
            this.permits = permits;
            simulation.network().faults(DELAY);
            SteadyClocks clocks = new SteadyClocks(0.01, Duration.ZERO);
            new CoordinationCluster(simulation, 3, clients, new LeaseRules(), clocks, members::add);
            simulation.nodes().forEach(SimNode::start);
            assertTrue(simulation.runUntil(() -> members.size() == clients + 3, LIMIT));
            members.removeIf(member -> member.name().startsWith("r"));
        }

        LeaseRegister register(CoordinationCluster.Member member) {
            return new LeaseRegister(member.coordinator(), "lock", "hot", permits, LEASE);
        }

        void onLoop(CoordinationCluster.Member member, Runnable task) {
            member.start().node().execute(task);
        }

        CompletableFuture<Optional<Lease>> acquire(CoordinationCluster.Member member, Duration wait) {
            CompletableFuture<Optional<Lease>> future = new CompletableFuture<>();
            onLoop(member, () -> {
                var unused = register(member).acquire(wait.toNanos()).whenComplete((lease, error) -> {
                    if (error == null) {
                        future.complete(lease);
                    } else {
                        future.completeExceptionally(error);
                    }
                });
            });
            return future;
        }

        void contend(CoordinationCluster.Member member) {
            Object turn = new Object();
            asked.put(turn, simulation.nanos());
            var unused = acquire(member, LIMIT).thenAccept(lease -> {
                waits.add(simulation.nanos() - asked.remove(turn));
                simulation.after(HOLD, () -> {
                    lease.orElseThrow().close();
                    contend(member);
                });
            });
        }

        /** Of so many contenders at each client. */
        Waits waits(int[] contenders, int grants) {
            for (int i = 0; i < contenders.length; i++) {
                for (int j = 0; j < contenders[i]; j++) {
                    contend(members.get(i));
                }
            }
            assertTrue(simulation.runUntil(() -> waits.size() >= grants, LIMIT), () -> "only " + waits.size());
            List<Long> all = new ArrayList<>(waits);
            asked.values().forEach(since -> all.add(simulation.nanos() - since));
            return Waits.of(all);
        }
    }

    private static int[] evenly(int contenders, int clients) {
        return IntStream.range(0, clients)
                .map(client -> (contenders + client) / clients)
                .toArray();
    }

    private static void requireFair(String what, Waits waits, double bound) {
        System.out.println(what + ": " + waits);
        assertTrue(waits.longest() <= bound, what + ": " + waits);
    }

    @Test
    void theQueueBoundsWaitsToThreeTimesTheHolds() {
        IntStream.of(2, 3, 10, 64).parallel().forEach(contenders -> {
            int clients = Math.min(contenders, MAX_CLIENTS);
            Waits waits = new Contest(contenders, clients, 1).waits(evenly(contenders, clients), GRANTS);
            requireFair(contenders + " contenders", waits, 3 * contenders);
        });
    }

    @Test
    void aSharedQueueBoundsWaitsToTwiceTheHolds() {
        IntStream.of(65, 200).parallel().forEach(contenders -> {
            Waits waits = new Contest(1, MAX_CLIENTS, 1).waits(evenly(contenders, MAX_CLIENTS), FEWER_GRANTS);
            requireFair(contenders + " contenders", waits, 2 * contenders);
        });
    }

    @Test
    void aFullQueueBoundsWaitsToTwiceTheHolds() {
        int contenders = 360;
        Waits waits = new Contest(1, 12, 1).waits(evenly(contenders, 12), FEWER_GRANTS);
        requireFair(contenders + " contenders", waits, 2 * contenders);
    }

    @Test
    void aNodeWithManyContendersKeepsNoOtherWaiting() {
        Contest contest = new Contest(1, 3, 1);
        contest.waits(new int[] {300, 0, 0}, 600);
        contest.waits.clear();
        Waits few = contest.waits(new int[] {0, 1, 1}, FEWER_GRANTS / 2);
        requireFair("300 contenders at one node and 2 at others", few, 3 * 302);
    }

    @Test
    void lossAndDelayKeepNobodyWaitingForEver() {
        Contest contest = new Contest(1, 10, 1);
        contest.simulation.network().faults(DELAY.withLoss(0.01).withSlow(0.01, Duration.ofMillis(500)));
        requireFair("10 contenders under loss", contest.waits(evenly(10, 10), FEWER_GRANTS), 6 * 10);
    }

    @Test
    void thePermitsOfASemaphoreAreGivenInTurns() {
        IntStream.of(4, 9, 16).parallel().forEach(contenders -> {
            Waits waits = new Contest(1, contenders, 3).waits(evenly(contenders, contenders), FEWER_GRANTS);
            requireFair(contenders + " contenders for 3 permits", waits, contenders);
        });
    }

    @Test
    void whoWaitsGetsItBeforeTheReleaserWhoAsksAgainWithoutWaiting() {
        Contest contest = new Contest(1, 2, 1);
        CoordinationCluster.Member greedy = contest.members.get(0);
        Lease held = get(contest, contest.acquire(greedy, LIMIT));
        CompletableFuture<Optional<Lease>> waiting = contest.acquire(contest.members.get(1), LIMIT);
        contest.simulation.runFor(HOLD);
        CompletableFuture<Optional<Lease>> again = new CompletableFuture<>();
        contest.onLoop(greedy, () -> {
            var unused = held.release().thenRun(() -> {
                var unusedToo = contest.register(greedy).acquire(0).thenAccept(again::complete);
            });
        });
        assertTrue(contest.simulation.runUntil(() -> again.isDone() && waiting.isDone(), HOLD));
        assertEquals(Optional.empty(), again.join());
        assertTrue(waiting.join().isPresent());
    }

    @Test
    void waitersWhoDiedAreAllPassedOverWithinOneLease() {
        Contest contest = new Contest(1, 16, 1);
        Lease held = get(contest, contest.acquire(contest.members.get(0), LIMIT));
        for (CoordinationCluster.Member dying : contest.members.subList(1, 15)) {
            var unused = contest.acquire(dying, LIMIT);
        }
        contest.simulation.runFor(Duration.ofSeconds(1));
        CompletableFuture<Optional<Lease>> last = contest.acquire(contest.members.get(15), LIMIT);
        contest.simulation.runFor(Duration.ofSeconds(1));
        contest.members.subList(1, 15).forEach(dying -> dying.start().node().crash());
        contest.onLoop(contest.members.get(0), held::close);
        assertTrue(contest.simulation.runUntil(last::isDone, LEASE));
        assertTrue(last.join().isPresent());
    }

    @Test
    void whoGivesUpLeavesTheQueueAtOnce() {
        Contest contest = new Contest(1, 3, 1);
        Lease held = get(contest, contest.acquire(contest.members.get(0), LIMIT));
        CompletableFuture<Optional<Lease>> brief = contest.acquire(contest.members.get(1), HOLD);
        contest.simulation.runFor(HOLD.dividedBy(2));
        CompletableFuture<Optional<Lease>> patient = contest.acquire(contest.members.get(2), LIMIT);
        contest.simulation.runFor(HOLD);
        assertEquals(Optional.empty(), brief.join());
        contest.onLoop(contest.members.get(0), held::close);
        assertTrue(contest.simulation.runUntil(patient::isDone, HOLD), "waits for one who no longer waits");
    }

    private static Lease get(Contest contest, CompletableFuture<Optional<Lease>> asked) {
        assertTrue(contest.simulation.runUntil(asked::isDone, LIMIT));
        return asked.join().orElseThrow();
    }
}
