package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.ledger.CounterLedger;
import io.coterie.consistency.internal.coordination.ledger.LeaseLedger;
import io.coterie.consistency.internal.coordination.ledger.Violations;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All who work at one start of a node. */
final class Crew {
    private final CoordinationCluster.Member member;
    private final Map<String, LeaseRegister> registers = new LinkedHashMap<>();
    private final List<LeaseWorker> leaseWorkers = new ArrayList<>();
    private final Candidate candidate;
    private final LatchWorker latchWorker;
    private final CounterWorker counterWorker;

    Crew(
            Simulation simulation,
            CoordinationCluster.Member member,
            Map<String, LeaseLedger> ledgers,
            Latches latches,
            CounterLedger counter,
            Violations violations,
            Duration duration) {
        this.member = member;
        SimRandom random = simulation.random("crew " + member.name());
        ledgers.forEach((name, ledger) -> {
            int permits = name.equals("pool") ? 2 : 1;
            LeaseRegister register = new LeaseRegister(member.coordinator(), "test", name, permits, duration);
            registers.put(name, register);
            if (!name.equals("chief")) {
                leaseWorkers.add(new LeaseWorker(simulation, member, ledger, register, random.split(name)));
            }
        });
        LeaseRegister chief = Objects.requireNonNull(registers.get("chief"));
        LeaseLedger ledger = Objects.requireNonNull(ledgers.get("chief"));
        this.candidate = new Candidate(member, ledger, violations, chief, random.split("chief"));
        this.latchWorker = new LatchWorker(member, latches, random.split("latch"));
        this.counterWorker = new CounterWorker(member, counter, random.split("counter"));
    }

    CoordinationCluster.Member member() {
        return member;
    }

    LeaseRegister register(String name) {
        return Objects.requireNonNull(registers.get(name));
    }

    Candidate candidate() {
        return candidate;
    }

    void begin() {
        leaseWorkers.forEach(LeaseWorker::think);
        candidate.start();
        latchWorker.begin();
        counterWorker.begin();
    }

    void calm() {
        candidate.calm();
    }

    void stop() {
        leaseWorkers.forEach(LeaseWorker::stop);
        candidate.withdraw();
        latchWorker.stop();
        counterWorker.stop();
    }
}
