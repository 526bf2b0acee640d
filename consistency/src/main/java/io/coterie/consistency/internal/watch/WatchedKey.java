package io.coterie.consistency.internal.watch;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Voters;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One key of a watch: the states that replicas report as accepted, those of them that are chosen,
 * and those that the listener got.
 *
 * <p>A state is chosen once a majority has accepted it with one ballot: the same bytes with
 * different ballots prove nothing. So is what a chosen state was made from. States are delivered
 * in the order of their versions; one whose parent was not seen waits a while for a slower replica
 * to report it.
 */
final class WatchedKey {
    /**
     * How long to wait for a missing state, and for a report to be confirmed, before the key is
     * read.
     */
    private static final long PATIENCE_NANOS = Duration.ofMillis(200).toNanos();

    private static final int MAX_REPORTS = 16;

    final byte[] key;
    private Voters voters;
    private final ConsensusRules rules;
    private final TreeMap<Ballot, Report> reports = new TreeMap<>();
    private final TreeMap<Ballot, RegisterState> chosen = new TreeMap<>();
    private Ballot seen = Ballot.NONE;
    private boolean known;
    private boolean absent = true;
    private boolean broken;
    private long since;

    /** The last version that the listener got, {@link Ballot#NONE} for none. */
    Ballot delivered = Ballot.NONE;

    /**
     * Whether the listener is to be notified that it missed something, though it got nothing yet.
     */
    boolean missedFirst;

    /** How many of its states wait for the listener. */
    int queued;

    /** Whether the newest state was dropped, as the listener is slow: it is to be read again. */
    boolean lost;

    /** Where a state goes that may be delivered. */
    interface Sink {
        /**
         * A state may be delivered.
         *
         * @param follows the version before it, if nothing was missed in between; otherwise null
         */
        void deliver(WatchedKey key, byte @Nullable [] value, Ballot version, @Nullable Ballot follows);
    }

    private static final class Report {
        final RegisterState state;
        long replicas;

        Report(RegisterState state) {
            this.state = state;
        }
    }

    /**
     * A key of which nothing is known.
     *
     * @param isNew whether it is known that there was no state when the watch began to hear of all
     *     changes
     */
    WatchedKey(byte[] key, Voters voters, ConsensusRules rules, boolean isNew) {
        this.key = key;
        this.voters = voters;
        this.rules = rules;
        this.known = isNew;
    }

    /** The changes that the watch has heard of may have holes from now on. */
    void gap() {
        broken = true;
    }

    /** Reports of some of the replicas before count for nothing. What was chosen stays chosen. */
    void votersChanged(Voters now) {
        voters = now;
        reports.clear();
    }

    /** The version of the last state that may be delivered. */
    Ballot seen() {
        return seen;
    }

    boolean hasValue() {
        return known && !absent;
    }

    /** Whether there is nothing to wait for, so that it may be forgotten. */
    boolean isIdle() {
        return reports.isEmpty() && chosen.isEmpty() && queued == 0 && !lost;
    }

    /** Whether something waits to be confirmed, or for what came before it. */
    boolean isWaiting() {
        return !reports.isEmpty() || !chosen.isEmpty();
    }

    /** A replica has accepted a state. One that cannot be read is ignored. */
    void report(int replica, Ballot ballot, byte[] bytes, long now) {
        if (!RegisterState.isState(bytes)) {
            return;
        }
        RegisterState state = RegisterState.decode(bytes);
        if (!state.version().isAbove(seen)) {
            return;
        }
        if (!isWaiting()) {
            since = now;
        }
        Report report = reports.computeIfAbsent(ballot, first -> new Report(state));
        report.replicas |= 1L << replica;
        if (rules.isChosenForWatch(voters, report.replicas) || isParentOfChosen(state.version())) {
            choose(state);
        }
        if (reports.size() > MAX_REPORTS) {
            reports.pollFirstEntry();
        }
    }

    /** A read found this state chosen. */
    void observe(RegisterState state, Sink sink, long now) {
        if (!known && state.value() == null) {
            known = true;
            seen = Ballot.max(seen, state.version());
            return;
        }
        boolean again = lost && state.version().equals(seen);
        lost = lost && state.version().compareTo(seen) < 0;
        if (again) {
            sink.deliver(this, state.value(), seen, null);
        } else if (state.version().isAbove(seen)) {
            if (!isWaiting()) {
                since = now;
            }
            choose(state);
            advance(now, sink);
        }
    }

    /**
     * A read found no state at all.
     *
     * @param seenBefore what {@link #seen} was when it began
     */
    void observeAbsence(Ballot seenBefore, Sink sink) {
        if (!seen.equals(seenBefore)) {
            return;
        }
        if ((known && !absent) || lost) {
            lost = false;
            deliver(null, justAbove(seen), null, sink);
        }
        known = true;
    }

    /**
     * A version for an absence, which no replica still has: no higher than that of any state after
     * this one.
     */
    private static Ballot justAbove(Ballot version) {
        return version.proposer() == Long.MAX_VALUE
                ? new Ballot(version.counter() + 1, Long.MIN_VALUE)
                : new Ballot(version.counter(), version.proposer() + 1);
    }

    /** Delivers what can be delivered by now. */
    void advance(long now, Sink sink) {
        while (!chosen.isEmpty()) {
            RegisterState next = chosen.firstEntry().getValue();
            boolean follows = follows(next);
            if (!follows && !isOverdue(now)) {
                return;
            }
            chosen.pollFirstEntry();
            deliver(next.value(), next.version(), follows ? seen : null, sink);
            since = now;
        }
    }

    /**
     * Whether a report has waited so long to be confirmed that the key is to be read. Starts the
     * wait anew.
     */
    boolean wantsRead(long now) {
        if (reports.isEmpty() || !chosen.isEmpty() || !isOverdue(now)) {
            return false;
        }
        since = now;
        return true;
    }

    private boolean follows(RegisterState next) {
        return !known || rules.follows(next, seen, absent && !broken);
    }

    private boolean isOverdue(long now) {
        return now - since >= PATIENCE_NANOS;
    }

    private void choose(RegisterState state) {
        chosen.put(state.version(), state);
        Ballot parent = state.parent();
        while (parent.isAbove(seen) && !chosen.containsKey(parent)) {
            RegisterState found = reported(parent);
            if (found == null) {
                return;
            }
            chosen.put(parent, found);
            parent = found.parent();
        }
    }

    private @Nullable RegisterState reported(Ballot version) {
        for (Report report : reports.values()) {
            if (report.state.version().equals(version)) {
                return report.state;
            }
        }
        return null;
    }

    private boolean isParentOfChosen(Ballot version) {
        for (RegisterState state : chosen.values()) {
            if (state.parent().equals(version)) {
                return true;
            }
        }
        return false;
    }

    private void deliver(byte @Nullable [] value, Ballot version, @Nullable Ballot follows, Sink sink) {
        seen = version;
        known = true;
        absent = value == null;
        broken = false;
        chosen.headMap(version, true).clear();
        reports.values().removeIf(report -> !report.state.version().isAbove(version));
        sink.deliver(this, value, version, follows);
    }

    @Override
    public String toString() {
        return "seen " + seen + ", reports " + Map.copyOf(reports).size() + ", chosen " + chosen.keySet();
    }
}
