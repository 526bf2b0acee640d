package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.latch.CountLatch;
import io.coterie.consistency.internal.coordination.ledger.LatchLedger;
import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.simulation.SimRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * Counts one latch down, waits until it is open, and goes to the next. After an error, and after a
 * restart of its node, it counts down again, without knowing whether it has.
 */
final class LatchWorker {
    private static final Duration MAX_PAUSE = Duration.ofMillis(400);
    private static final Duration MAX_WAIT = Duration.ofSeconds(2);

    private final CoordinationCluster.Member member;
    private final String participant;
    private final Latches latches;
    private final SimRandom random;
    private boolean stopped;

    LatchWorker(CoordinationCluster.Member member, Latches latches, SimRandom random) {
        this.member = member;
        this.participant = member.start().node().id().name();
        this.latches = latches;
        this.random = random;
    }

    void begin() {
        think(() -> countDown(latches.get(latches.latest())));
    }

    void stop() {
        stopped = true;
    }

    private void countDown(LatchLedger ledger) {
        if (stopped) {
            return;
        }
        ledger.began(participant);
        ask(ledger, latch(ledger).countDown(participant), () -> countDown(ledger), missing -> {
            ledger.done(participant);
            await(ledger);
        });
    }

    private void await(LatchLedger ledger) {
        if (stopped) {
            return;
        }
        long wait = random.between(Duration.ZERO, MAX_WAIT).toNanos();
        CompletableFuture<Integer> asked =
                random.chance(0.5) ? latch(ledger).remaining() : latch(ledger).awaitMissing(wait);
        ask(ledger, asked, () -> await(ledger), missing -> {
            if (missing > 0) {
                await(ledger);
            } else {
                countDown(latches.get(Integer.parseInt(ledger.name().substring("latch".length())) + 1));
            }
        });
    }

    private void ask(LatchLedger ledger, CompletableFuture<Integer> asked, Runnable again, IntConsumer then) {
        int most = ledger.mostMissing();
        var unused = asked.whenComplete((missing, error) -> {
            if (missing == null) {
                FailureTexts.note(error);
                think(again);
            } else {
                ledger.answered(member.name(), missing, most);
                think(() -> then.accept(missing));
            }
        });
    }

    private CountLatch latch(LatchLedger ledger) {
        return new CountLatch(member.coordinator(), ledger.name(), ledger.count());
    }

    private void think(Runnable then) {
        long pause = random.between(Duration.ZERO, MAX_PAUSE).toNanos();
        member.world().scheduler().schedule(pause, then);
    }
}
