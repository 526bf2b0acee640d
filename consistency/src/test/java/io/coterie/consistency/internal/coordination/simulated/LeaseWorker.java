package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.ledger.LeaseLedger;
import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Acquires, uses and releases leases of one register, one after the other; dies with its node. */
final class LeaseWorker {
    private static final Duration MAX_WAIT = Duration.ofSeconds(3);
    private static final Duration MAX_USE = Duration.ofSeconds(3);
    private static final Duration MAX_PAUSE = Duration.ofMillis(500);
    private static final Duration MAX_LOOK = Duration.ofMillis(40);
    private static final Duration MAX_WAY = Duration.ofMillis(300);

    private final Simulation simulation;
    private final CoordinationCluster.Member member;
    private final LeaseLedger ledger;
    private final LeaseRegister register;
    private final SimRandom random;
    private int uses;
    private boolean stopped;
    private @Nullable Lease current;
    private @Nullable CompletableFuture<Optional<Lease>> asked;

    LeaseWorker(
            Simulation simulation,
            CoordinationCluster.Member member,
            LeaseLedger ledger,
            LeaseRegister register,
            SimRandom random) {
        this.simulation = simulation;
        this.member = member;
        this.ledger = ledger;
        this.register = register;
        this.random = random;
    }

    void think() {
        after(MAX_PAUSE, this::acquire);
    }

    /** Releases what it has, and begins nothing more. */
    void stop() {
        stopped = true;
        if (current != null) {
            current.close();
        }
        if (asked != null) {
            asked.cancel(false);
        }
    }

    private void acquire() {
        if (stopped) {
            return;
        }
        long wait =
                random.chance(0.2) ? 0 : random.between(Duration.ZERO, MAX_WAIT).toNanos();
        long highestBefore = ledger.highestGranted();
        CompletableFuture<Optional<Lease>> future = register.acquire(wait);
        asked = future;
        if (random.chance(0.1)) {
            after(MAX_PAUSE, () -> future.cancel(false));
        }
        var unused = future.whenComplete((lease, error) -> {
            if (error != null) {
                FailureTexts.note(error);
            }
            acquired(error == null ? lease : Optional.empty(), highestBefore);
        });
    }

    private void acquired(Optional<Lease> lease, long highestBefore) {
        if (lease.isEmpty()) {
            think();
            return;
        }
        Lease got = lease.get();
        current = got;
        LeaseLedger.Tenure tenure = ledger.granted(member, got, highestBefore);
        if (stopped) {
            got.close();
            return;
        }
        long until = simulation.nanos() + random.between(Duration.ZERO, MAX_USE).toNanos();
        boolean asks = random.chance(0.5);
        use(got, tenure, asks, until, member.name() + "-" + ++uses);
    }

    private void use(Lease lease, LeaseLedger.Tenure tenure, boolean asks, long until, String writer) {
        if (asks ? !tenure.look() : tenure.isReportedOver()) {
            current = null;
            think();
        } else if (simulation.nanos() >= until) {
            lease.close();
            current = null;
            think();
        } else {
            Duration way = random.between(Duration.ZERO, MAX_WAY);
            simulation.after(way, () -> ledger.resource().write(writer, lease.token()));
            after(MAX_LOOK, () -> use(lease, tenure, asks, until, writer));
        }
    }

    private void after(Duration atMost, Runnable task) {
        member.world()
                .scheduler()
                .schedule(random.between(Duration.ZERO, atMost).toNanos(), task);
    }
}
