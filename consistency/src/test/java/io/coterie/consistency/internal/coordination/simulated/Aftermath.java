package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.latch.CountLatch;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.ledger.LatchLedger;
import io.coterie.consistency.internal.coordination.ledger.LeaseLedger;
import io.coterie.consistency.internal.coordination.ledger.Violations;
import io.coterie.consistency.internal.coordination.rules.LeaseEntry;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** What must hold when all faults are over. */
final class Aftermath {
    /** A dead holder's lease of up to 2 s is waited out, then all take their turns. */
    private static final Duration SERVED_WITHIN = Duration.ofSeconds(10);

    private final Simulation simulation;
    private final Violations violations;
    private final Map<SimNode, Crew> crews;

    Aftermath(Simulation simulation, Violations violations, Map<SimNode, Crew> crews) {
        this.simulation = simulation;
        this.violations = violations;
        this.crews = crews;
    }

    /** One candidate leads, and everyone who asks gets that answer. */
    void oneLeaderLeads() {
        List<Lease> leading = new ArrayList<>();
        for (Crew crew : crews.values()) {
            Lease lease = crew.candidate().leadership();
            if (lease != null && lease.isValid()) {
                leading.add(lease);
            }
        }
        if (leading.size() != 1) {
            violations.add("election: when all was well again these led: " + leading);
            return;
        }
        long token = leading.get(0).token();
        AtomicInteger answers = new AtomicInteger();
        crews.forEach((node, crew) -> node.execute(() -> {
            var unused = crew.register("chief").holders().thenAccept(holders -> {
                answers.incrementAndGet();
                if (holders.size() != 1 || holders.get(0).token() != token) {
                    violations.add("election: " + node + " was answered that " + holders + " leads, not " + token);
                }
            });
        }));
        if (!simulation.runUntil(() -> answers.get() == crews.size(), SERVED_WITHIN)) {
            violations.add("election: only " + answers + " nodes learned who leads");
        }
    }

    /** Nobody holds anything now: a record may name nobody but nodes that died. */
    void noGhostHoldsAnything() {
        Set<Long> alive = new HashSet<>();
        crews.values()
                .forEach(crew ->
                        alive.add(crew.member().coordinator().nextOwner().origin()));
        Map.Entry<SimNode, Crew> any = crews.entrySet().iterator().next();
        AtomicInteger answers = new AtomicInteger();
        List<String> names = List.of("red", "blue", "pool", "chief");
        any.getKey().execute(() -> names.forEach(name -> read(any.getValue(), name, alive, answers)));
        if (!simulation.runUntil(() -> answers.get() == names.size(), SERVED_WITHIN)) {
            violations.add("records could not be read when all was well again");
        }
    }

    private void read(Crew crew, String name, Set<Long> alive, AtomicInteger answers) {
        LeaseRegister register = crew.register(name);
        long deadline = crew.member().world().clock().nanos() + SERVED_WITHIN.toNanos();
        crew.member().store().execute(register.context().key(), new Operation.Get(), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                answers.incrementAndGet();
                LeaseRecord record = register.context().decode(result.value());
                for (LeaseEntry entry : record.entries()) {
                    if (alive.contains(entry.owner().origin())) {
                        violations.add(name + ": " + entry + " holds what nobody has");
                    }
                }
                if (record.queue().stream().anyMatch(owner -> alive.contains(owner.origin()))) {
                    violations.add(name + ": " + record.queue() + " waits, and nobody asks");
                }
            }

            @Override
            public void fail(Throwable error) {
                violations.add(name + ": could not be read: " + error);
            }
        });
    }

    /** Every node gets every lease within the stated time when it asks, one after the other. */
    void everyoneIsServed(Map<String, LeaseLedger> ledgers) {
        AtomicInteger served = new AtomicInteger();
        Collection<String> names = ledgers.keySet();
        crews.forEach((node, crew) -> node.execute(() -> names.forEach(name -> {
            long highestBefore = ledgers.get(name).highestGranted();
            var unused = crew.register(name)
                    .acquire(SERVED_WITHIN.toNanos())
                    .thenAccept(lease -> lease.ifPresent(got -> {
                        served.incrementAndGet();
                        ledgers.get(name).granted(crew.member(), got, highestBefore);
                        got.close();
                    }));
        })));
        int wanted = crews.size() * names.size();
        if (!simulation.runUntil(() -> served.get() == wanted, SERVED_WITHIN.plusSeconds(2))) {
            violations.add("only " + served + " of " + wanted + " leases were given when all was well again");
        }
    }

    /**
     * Everyone counts the last latch down, be it once more, and gets the answer that it is open: no
     * count is lost.
     */
    void theLastLatchOpens(Latches latches) {
        LatchLedger ledger = latches.get(latches.latest());
        AtomicInteger open = new AtomicInteger();
        crews.forEach((node, crew) -> node.execute(() -> {
            String participant = node.id().name();
            CountLatch latch = new CountLatch(crew.member().coordinator(), ledger.name(), ledger.count());
            ledger.began(participant);
            var unused = latch.countDown(participant).thenCompose(counted -> {
                ledger.done(participant);
                int most = ledger.mostMissing();
                return latch.awaitMissing(SERVED_WITHIN.toNanos()).thenAccept(missing -> {
                    ledger.answered(crew.member().name(), missing, most);
                    open.addAndGet(missing == 0 ? 1 : 0);
                });
            });
        }));
        if (!simulation.runUntil(() -> open.get() == ledger.count(), SERVED_WITHIN)) {
            violations.add(ledger.name() + ": only " + open + " of " + ledger.count()
                    + " saw it open when all was well again");
        }
    }
}
