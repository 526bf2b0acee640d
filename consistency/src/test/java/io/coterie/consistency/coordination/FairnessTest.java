package io.coterie.consistency.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who waits for a lease comes to its turn, whatever those do who release and ask again at once. */
class FairnessTest {
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration HOLD = Duration.ofMillis(300);
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int ROUNDS = 25;

    /** Contenders at clients of three replicas, each of which asks again as soon as it has released. */
    private static final class Contest {
        final Simulation simulation;
        final int permits;
        final List<Long> waits = new ArrayList<>();
        final List<CoordinationCluster.Member> members = new ArrayList<>();

        Contest(long seed, int contenders, int permits) {
            this.simulation = Simulation.create(seed);
            this.permits = permits;
            simulation
                    .network()
                    .faults(NetworkFaults.none().withDelay(Duration.ofNanos(100_000), Duration.ofMillis(5)));
            SteadyClocks clocks = new SteadyClocks(0.01, Duration.ZERO);
            new CoordinationCluster(simulation, 3, contenders, new Rules(), clocks, members::add);
            simulation.nodes().forEach(SimNode::start);
            assertTrue(simulation.runUntil(() -> members.size() == contenders + 3, LIMIT));
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
            long asked = simulation.nanos();
            var unused = acquire(member, LIMIT).thenAccept(lease -> {
                waits.add(simulation.nanos() - asked);
                simulation.after(HOLD, () -> {
                    lease.orElseThrow().close();
                    contend(member);
                });
            });
        }

        /** In holds, the longest last. */
        List<Double> waitsOf(int grants) {
            members.forEach(this::contend);
            assertTrue(simulation.runUntil(() -> waits.size() >= grants, LIMIT), () -> "only " + waits.size());
            List<Double> inHolds = new ArrayList<>();
            waits.forEach(wait -> inHolds.add((double) wait / HOLD.toNanos()));
            Collections.sort(inHolds);
            return inHolds;
        }
    }

    @Test
    void withSoManyContendersNobodyWaitsForMoreThanThreeTimesAsManyHolds() {
        IntStream.of(2, 3, 4, 6, 9, 12, 16).parallel().forEach(contenders -> {
            for (long seed = 1; seed <= 2; seed++) {
                List<Double> waits = new Contest(seed, contenders, 1).waitsOf(ROUNDS * contenders);
                double longest = waits.get((int) (waits.size() * 0.999) - 1);
                String told = contenders + " contenders, seed " + seed + ": median " + waits.get(waits.size() / 2)
                        + " holds, longest but one in a thousand " + longest;
                System.out.println(told);
                assertTrue(longest <= 3 * contenders, told);
            }
        });
    }

    @Test
    void thePermitsOfASemaphoreAreGivenInTurns() {
        IntStream.of(4, 9, 16).parallel().forEach(contenders -> {
            List<Double> waits = new Contest(1, contenders, 3).waitsOf(ROUNDS * contenders);
            double longest = waits.get((int) (waits.size() * 0.999) - 1);
            assertTrue(
                    longest <= contenders, contenders + " contenders for 3 permits waited for " + longest + " holds");
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
        assertTrue(contest.simulation.runUntil(patient::isDone, HOLD), "waits for one who does not wait any more");
    }

    private static Lease get(Contest contest, CompletableFuture<Optional<Lease>> asked) {
        assertTrue(contest.simulation.runUntil(asked::isDone, LIMIT));
        return asked.join().orElseThrow();
    }
}
