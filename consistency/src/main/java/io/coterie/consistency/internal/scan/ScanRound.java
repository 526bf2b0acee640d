package io.coterie.consistency.internal.scan;

import io.coterie.consistency.Completion;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.consistency.internal.pending.StoreRefusals;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads one page of a strong store. A key whose change was complete before is accepted by a
 * majority, which shares a replica with every other: it is in one of any majority of answers, as
 * far as these go. If each of them has it with the same ballot, its state is chosen, and nothing
 * newer was complete when the page was asked for; any other key is read by itself.
 */
final class ScanRound implements ResponseCollector<ScanAnswer>, ConnectionGate.Waiter {
    private final Scans scans;
    private final ConsensusRules rules;
    private final KeyRange range;
    private final int limit;
    private final long deadline;
    private final ScanCompletion completion;
    private Voters voters;
    private final List<ScanAnswer> answers = new ArrayList<>();

    /** For each answer the bit of its replica. */
    private final List<Long> answerBits = new ArrayList<>();

    /** A bit for each replica that has answered. */
    private long answered;

    private boolean decided;
    private final TreeMap<byte[], Found> found = new TreeMap<>(Arrays::compareUnsigned);

    /** A bit for each replica for whose messages there is too low a limit. */
    private long refusing;

    private @Nullable QuorumCall call;
    private Scheduler.@Nullable Timer timer;
    private byte @Nullable [] upTo;
    private int undecided;
    private boolean over;

    /** A key in the answers, and in the end its value. */
    private static final class Found {
        /** The highest of all answers: below it, a state may have been replaced by one that counts. */
        Ballot accepted = Ballot.NONE;

        /** A bit for each replica that has accepted that. */
        long agreeing;

        byte @Nullable [] value;

        void raise(Ballot higher) {
            accepted = higher;
            agreeing = 0;
            value = null;
        }
    }

    ScanRound(Scans scans, ConsensusRules rules, KeyRange range, int limit, long deadline, ScanCompletion completion) {
        this.scans = scans;
        this.rules = rules;
        this.range = range;
        this.limit = limit;
        this.deadline = deadline;
        this.completion = completion;
        this.voters = scans.voters();
    }

    void start() {
        long left = deadline - scans.replication().world().clock().nanos();
        timer = scans.replication().world().scheduler().schedule(left, this::expire);
        scans.gate().pass(this);
    }

    @Override
    public void begin() {
        if (over) {
            return;
        }
        voters = scans.voters();
        ScanRequest request = new ScanRequest(scans.storeId(), range.prefix(), range.from(), limit);
        QuorumCall begun = scans.replication().scan(request, deadline, this);
        if (over) {
            begun.cancel();
        } else {
            call = begun;
        }
    }

    @Override
    public void refuse() {
        fail(new QuorumUnavailableException(
                "store \"" + scans.storeName() + "\": a scan was not begun: "
                        + StoreRefusals.tooFew(scans.replication(), scans.storeId()),
                scans.replication().connections()));
    }

    @Override
    public boolean onAnswer(NodeId replica, ScanAnswer answer) {
        if (over || decided) {
            return true;
        }
        long bit = voters.bit(replica);
        answers.add(answer);
        answerBits.add(bit);
        answered |= bit;
        if (rules.isPageRead(voters, answered)) {
            decided = true;
            decide();
        }
        return decided;
    }

    /** The page is asked for again. Once it is read, it stands. */
    @Override
    public void onVotersChanged() {
        answers.clear();
        answerBits.clear();
        answered = 0;
        refusing = 0;
        begin();
    }

    @Override
    public void onTooLarge(NodeId replica, String problem) {
        // Each replica is asked again in the end: one that refuses twice does not count for two.
        refusing |= voters.bit(replica);
        if (!over && !voters.isReadQuorum(~refusing)) {
            QuorumCall asked = call;
            Map<NodeId, String> said = asked == null ? Map.of(replica, problem) : asked.said();
            fail(new MessageTooLargeException(
                    "store \"" + scans.storeName() + "\": a scan " + StoreRefusals.TOO_LARGE + ". Replicas: " + said,
                    false));
        }
    }

    /** Ends the scan unless it is at its end already. */
    void fail(Throwable error) {
        if (end()) {
            completion.fail(error);
        }
    }

    private void expire() {
        QuorumCall asked = call;
        if (asked == null) {
            refuse();
            return;
        }
        if (!voters.isReadQuorum(~asked.overloaded())) {
            fail(OverloadedException.ofReplicas(
                    "store \"" + scans.storeName()
                            + "\": a scan was refused by too many replicas until its time was over; trying again"
                            + " later is safe. Scan less at once.",
                    asked.said()));
            return;
        }
        String why = !decided
                ? "met no " + voters.quorumInWords() + " in time"
                : "was answered by enough replicas, and could not read " + undecided
                        + " of its keys, which are being changed, in time";
        fail(new QuorumUnavailableException("store \"" + scans.storeName() + "\": a scan " + why, asked.said()));
    }

    private void decide() {
        List<ScanAnswer> page = rules.page(answers);
        upTo = page.stream()
                .map(ScanAnswer::upTo)
                .filter(last -> last != null)
                .min(Arrays::compareUnsigned)
                .orElse(null);
        for (int i = 0; i < page.size(); i++) {
            long bit = answerBits.get(i);
            page.get(i).keys().forEach(key -> count(key, bit));
        }
        keepWithinLimit();
        List<byte[]> toRead = new ArrayList<>();
        found.forEach((key, seen) -> {
            if (!rules.isChosenInPage(voters, seen.agreeing)) {
                toRead.add(key);
            }
        });
        undecided = toRead.size();
        if (undecided == 0) {
            finish();
        } else {
            toRead.forEach(this::read);
        }
    }

    private void count(ScannedKey scanned, long bit) {
        byte[] last = upTo;
        if (last != null && Arrays.compareUnsigned(scanned.key(), last) > 0) {
            return;
        }
        Found seen = found.computeIfAbsent(scanned.key(), first -> new Found());
        if (scanned.accepted().isAbove(seen.accepted)) {
            seen.raise(scanned.accepted());
        }
        // What cannot be read is read by itself, which finds other replicas, or reports what is
        // wrong.
        if (seen.accepted.equals(scanned.accepted()) && RegisterState.isState(scanned.state())) {
            seen.agreeing |= bit;
            seen.value = RegisterState.decode(scanned.state()).value();
        }
    }

    /** Each answer has no more keys than asked for, but not all have the same. */
    private void keepWithinLimit() {
        while (found.size() > limit) {
            found.pollLastEntry();
            upTo = found.lastKey();
        }
    }

    private void read(byte[] key) {
        if (over) {
            return;
        }
        scans.store().execute(key, new Operation.Get(), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                Found seen = found.get(key);
                if (seen != null && !over) {
                    seen.value = result.value();
                    undecided--;
                    if (undecided == 0) {
                        finish();
                    }
                }
            }

            @Override
            public void fail(Throwable error) {
                ScanRound.this.fail(error);
            }
        });
    }

    private void finish() {
        List<ScannedPage.Entry> entries = new ArrayList<>();
        found.forEach((key, seen) -> {
            byte[] value = seen.value;
            if (value != null) {
                entries.add(new ScannedPage.Entry(key, value));
            }
        });
        byte[] last = upTo;
        if (end()) {
            completion.complete(new ScannedPage(entries, last == null ? null : range.after(last)));
        }
    }

    private boolean end() {
        if (over) {
            return false;
        }
        over = true;
        if (call != null) {
            call.cancel();
        }
        if (timer != null) {
            timer.cancel();
        }
        scans.over(this);
        return true;
    }
}
