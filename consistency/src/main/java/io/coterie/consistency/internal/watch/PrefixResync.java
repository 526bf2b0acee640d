package io.coterie.consistency.internal.watch;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Goes through all keys with a prefix as {@link VersionedRead} reads one: each key that a majority
 * of those that report has with one ballot is found chosen at once, any other is left to a
 * versioned read. Tries until it is through.
 */
final class PrefixResync {
    /** How many keys are read at a time. */
    static final int MAX_KEYS = 256;

    private static final long ATTEMPT_NANOS = Duration.ofSeconds(2).toNanos();

    private final NodeReplication replication;
    private final ConsensusRules rules;
    private final long store;
    private final byte[] prefix;
    private final Supplier<Set<NodeId>> reporting;
    private final BooleanSupplier isWanted;
    private final Found found;
    private byte[] from;
    private final Repetition attempts;
    private @Nullable QuorumCall call;
    private int attempt;
    private boolean waits;

    /** The receiver of what is found. */
    interface Found {
        /** How many keys may be found now; with zero, the resync waits for {@link #resume}. */
        int room();

        /** The state of a key is chosen. */
        void chosen(byte[] key, byte[] state);

        /** It is not known which state of the key is chosen. */
        void undecided(byte[] key);

        /** That was the last key. */
        void end();
    }

    PrefixResync(
            NodeReplication replication,
            ConsensusRules rules,
            long store,
            byte[] prefix,
            Supplier<Set<NodeId>> reporting,
            BooleanSupplier isWanted,
            Found found) {
        this.replication = replication;
        this.rules = rules;
        this.store = store;
        this.prefix = prefix;
        this.reporting = reporting;
        this.isWanted = isWanted;
        this.found = found;
        this.from = prefix;
        this.attempts = new Repetition(replication.world().scheduler(), ATTEMPT_NANOS, this::tryAgain);
    }

    /** Reads the next page. */
    void start() {
        if (!isWanted.getAsBoolean()) {
            return;
        }
        int number = ++attempt;
        int keys = Math.min(MAX_KEYS, found.room());
        waits = keys < 1;
        if (waits) {
            return;
        }
        long deadline = replication.world().clock().nanos() + ATTEMPT_NANOS;
        attempts.in(ATTEMPT_NANOS);
        QuorumCall begun = replication.scan(new ScanRequest(store, prefix, from, keys), deadline, new Answers(number));
        if (attempt == number) {
            call = begun;
        }
    }

    /** The time of an attempt is over, or it is the next page's turn. */
    private void tryAgain() {
        QuorumCall late = call;
        if (late != null) {
            call = null;
            late.cancel();
        }
        start();
    }

    /** There may be room for more keys. */
    void resume() {
        if (waits) {
            start();
        }
    }

    /** @param replica its bit */
    private record Answer(long replica, ScanAnswer page) {}

    /** Which replicas have the highest ballot that any of them has: a state below may be replaced. */
    private static final class Tally {
        ScannedKey highest;
        long agreeing;

        Tally(ScannedKey first) {
            this.highest = first;
        }

        void add(ScannedKey other, long replica) {
            if (other.accepted().isAbove(highest.accepted())) {
                highest = other;
                agreeing = 0;
            }
            agreeing |= highest.accepted().equals(other.accepted()) ? replica : 0;
        }
    }

    private final class Answers implements ResponseCollector<ScanAnswer> {
        private final int number;
        private final Set<NodeId> asked = reporting.get();
        private final Voters voters = replication.voters(store);
        private final List<Answer> answers = new ArrayList<>();

        /** A bit for each replica of these. */
        private long answered;

        Answers(int number) {
            this.number = number;
        }

        @Override
        public boolean onAnswer(NodeId replica, ScanAnswer answer) {
            if (attempt != number) {
                return true;
            }
            if (asked.contains(replica)) {
                long bit = voters.bit(replica);
                answers.add(new Answer(bit, answer));
                answered |= bit;
            }
            if (voters.isReadQuorum(answered)) {
                attempt++;
                call = null;
                attempts.cancel();
                attempts.guard(() -> decide(voters, answers));
                return true;
            }
            return false;
        }

        @Override
        public void onVotersChanged() {
            if (attempt == number) {
                call = null;
                attempts.guard(PrefixResync.this::start);
            }
        }

        @Override
        public void onTooLarge(NodeId replica, String problem) {
            replication.watches().refused(replica, store, problem);
        }
    }

    private void decide(Voters voters, List<Answer> answers) {
        byte @Nullable [] upTo = answers.stream()
                .map(answer -> answer.page().upTo())
                .filter(Objects::nonNull)
                .min(Arrays::compareUnsigned)
                .orElse(null);
        TreeMap<byte[], Tally> tallies = new TreeMap<>(Arrays::compareUnsigned);
        for (Answer answer : answers) {
            for (ScannedKey key : answer.page().keys()) {
                if (upTo == null || Arrays.compareUnsigned(key.key(), upTo) <= 0) {
                    tallies.computeIfAbsent(key.key(), first -> new Tally(key)).add(key, answer.replica());
                }
            }
        }
        tallies.forEach((key, tally) -> {
            if (rules.isChosenForWatch(voters, tally.agreeing) && RegisterState.isState(tally.highest.state())) {
                found.chosen(key, tally.highest.state());
            } else {
                found.undecided(key);
            }
        });
        if (upTo == null) {
            found.end();
        } else {
            from = Arrays.copyOf(upTo, upTo.length + 1);
            attempts.in(0);
        }
    }
}
