package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends what a proposer has left. A configuration may be chosen of which no keeper hears: its
 * proposer ended before that was durable, and only a newcomer heard of it, to whom no keeper listens. So a
 * keeper that has accepted a configuration, and has not adopted it for long, proposes it itself.
 *
 * <p>That may also have a configuration chosen that was not chosen yet. Whoever proposed it had
 * no answer, or that this is not known.
 */
final class LeftProposal {
    /** Longer than anybody proposes the same. */
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final ConfigurationRecords records;
    private final Consumer<Configuration> propose;
    private final Repetition looks;
    private @Nullable Configuration seen;

    /** @param propose has the keepers choose a configuration after the adopted one */
    LeftProposal(ConfigurationRecords records, Scheduler scheduler, Consumer<Configuration> propose) {
        this.records = records;
        this.propose = propose;
        this.looks = new Repetition(scheduler, PERIOD_NANOS, this::look);
    }

    void start() {
        looks.in(PERIOD_NANOS);
    }

    private void look() {
        looks.in(PERIOD_NANOS);
        Configuration before = seen;
        Configuration accepted = records.epoch() == 0 ? null : records.keeper().configuration();
        seen = accepted;
        if (accepted != null && accepted.equals(before)) {
            propose.accept(accepted);
        }
    }

    void stop() {
        looks.cancel();
    }
}
