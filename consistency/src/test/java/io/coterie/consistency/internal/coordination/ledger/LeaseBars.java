package io.coterie.consistency.internal.coordination.ledger;

import io.coterie.consistency.coordination.LeaseEnd;
import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Leases as bars of a {@link io.coterie.simulation.history.HistoryChart}, a row for each holder of
 * each register: one bar from when it was given until it was last seen to be valid, and a grey one
 * from then until its holder was notified that it is over. That one is open if it was not by the
 * end; it is left out if the holder died.
 */
public final class LeaseBars {
    /** The longest that a lease is used for, and some more. */
    private static final Duration BEFORE = Duration.ofSeconds(4);

    private static final Duration AFTER = Duration.ofSeconds(1);

    private LeaseBars() {}

    /**
     * What leases there were when something went wrong: of the registers that it names, of all if
     * it names none.
     */
    public static List<Operation> around(Violations.Violation violation, Collection<LeaseLedger> ledgers) {
        List<LeaseLedger> named = ledgers.stream()
                .filter(ledger -> violation.what().startsWith(ledger.name() + ":"))
                .toList();
        long from = violation.at() - BEFORE.toNanos();
        long to = violation.at() + AFTER.toNanos();
        return (named.isEmpty() ? ledgers : named)
                .stream()
                        .flatMap(ledger -> ledger.bars().stream())
                        .filter(bar -> bar.invoked() <= to && bar.returned() >= from)
                        .sorted(Comparator.comparingLong(Operation::invoked))
                        .toList();
    }

    /**
     * The bars of one lease, by true time.
     *
     * @param over when its holder was notified that it is over
     * @param end how it ended, or {@code null} if its holder was not notified
     */
    static List<Operation> of(
            String register,
            CoordinationCluster.Member holder,
            long token,
            long granted,
            long lastSeenValid,
            long over,
            @Nullable LeaseEnd end) {
        String row = register + "/" + holder.name();
        List<Operation> bars = new ArrayList<>();
        Op held = new Op.Write("token-" + token);
        bars.add(new Operation(row, register, held, granted, lastSeenValid, Outcome.OK, null));
        if (end != null) {
            Op rest = new Op.Write("token-" + token + "-until-" + end);
            bars.add(new Operation(row, register, rest, lastSeenValid, over, Outcome.FAILED, null));
        } else if (holder.start().isAlive()) {
            Op rest = new Op.Write("token-" + token + "-not-notified");
            bars.add(new Operation(row, register, rest, lastSeenValid, Operation.NEVER, Outcome.UNKNOWN, null));
        }
        return bars;
    }
}
