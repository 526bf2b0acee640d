package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.election.Election;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.ledger.LeaseLedger;
import io.coterie.consistency.internal.coordination.ledger.Violations;
import io.coterie.simulation.SimRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Stands in an election for as long as its node lives, and now and then resigns when it leads. */
final class Candidate implements LeadershipListener {
    private static final Duration MAX_LOOK = Duration.ofMillis(100);

    private final CoordinationCluster.Member member;
    private final LeaseLedger ledger;
    private final Violations violations;
    private final SimRandom random;
    private final LeaseRegister register;
    private final Election election;
    private boolean leads;
    private boolean calm;
    private @Nullable Lease lease;

    Candidate(
            CoordinationCluster.Member member,
            LeaseLedger ledger,
            Violations violations,
            LeaseRegister register,
            SimRandom random) {
        this.member = member;
        this.ledger = ledger;
        this.violations = violations;
        this.random = random;
        this.register = register;
        this.election = new Election(register, this);
    }

    void start() {
        election.start();
    }

    void withdraw() {
        var unused = election.withdraw();
    }

    /** Resigns no more. */
    void calm() {
        calm = true;
    }

    /** Whether it leads, as it sees it. */
    @Nullable
    Lease leadership() {
        return leads ? lease : null;
    }

    LeaseRegister register() {
        return register;
    }

    @Override
    public void elected(Lease won) {
        if (leads) {
            violations.add("election: " + member.name() + " was elected twice in a row");
        }
        leads = true;
        lease = won;
        // The listener may hear of it late, when another leads already, which the lease shows.
        if (won.isValid()) {
            LeaseLedger.Tenure tenure = ledger.granted(member, won, 0);
            member.world().scheduler().execute(() -> look(won, tenure));
        }
    }

    @Override
    public void deposed() {
        if (!leads || lease == null) {
            violations.add("election: " + member.name() + " was deposed and did not lead");
        } else if (lease.isValid()) {
            violations.add("election: " + member.name() + " was deposed and has a valid lease");
        }
        leads = false;
    }

    private void look(Lease won, LeaseLedger.Tenure tenure) {
        if (tenure.look()) {
            if (!calm && random.chance(0.02)) {
                won.close();
            }
            long pause = random.between(Duration.ZERO, MAX_LOOK).toNanos();
            member.world().scheduler().schedule(pause, () -> look(won, tenure));
        }
    }
}
