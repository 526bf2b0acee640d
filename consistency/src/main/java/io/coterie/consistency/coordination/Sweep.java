package io.coterie.consistency.coordination;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.rpc.Repetition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks through the store now and then, as long as this node uses it, for records that nobody is left to remove: those of
 * holders and waiters that died. A record that has not changed from one look to the next, for longer than its holders can count
 * themselves valid, is nobody's.
 */
final class Sweep {
    private static final int PAGE = 200;
    private static final byte[] ALL = {};

    private final Coordinator coordinator;
    private final long intervalNanos;
    private Map<ByteBuffer, Seen> before = new HashMap<>();
    private Map<ByteBuffer, Seen> now = new HashMap<>();
    private final Repetition looks;
    private boolean planned;
    private boolean used;

    private record Seen(byte[] state, long since) {}

    Sweep(Coordinator coordinator, Duration interval) {
        this.coordinator = coordinator;
        this.intervalNanos = interval.toNanos();
        this.looks = new Repetition(coordinator.world().scheduler(), intervalNanos, this::lookAtAll);
    }

    /** This node uses a lease. */
    void used() {
        used = true;
        plan();
    }

    private void plan() {
        if (!planned && !coordinator.isClosed()) {
            planned = true;
            long wait = intervalNanos / 2 + coordinator.random().nextLong(intervalNanos);
            looks.in(wait);
        }
    }

    private void lookAtAll() {
        used = false;
        forget(now);
        read(new KeyRange(ALL, ALL));
    }

    private void read(KeyRange range) {
        if (coordinator.isClosed()) {
            return;
        }
        long deadline = coordinator.nanos() + coordinator.operationNanos();
        ScanCompletion completion = new ScanCompletion() {
            @Override
            public void complete(ScannedPage page) {
                looks.guard(() -> looked(page));
            }

            @Override
            public void fail(Throwable error) {
                ended();
            }
        };
        try {
            coordinator.store().scan(range, PAGE, deadline, completion);
        } catch (UnsupportedOperationException noScans) {
            forget(before);
        }
    }

    private void looked(ScannedPage page) {
        page.entries().forEach(entry -> look(entry.key(), entry.value()));
        KeyRange next = page.next();
        if (next == null) {
            ended();
        } else {
            read(next);
        }
    }

    private void forget(Map<ByteBuffer, Seen> records) {
        coordinator.node().seenChanged(-records.size());
        records.clear();
    }

    private void look(byte[] key, byte[] state) {
        LeaseRecord record = LeaseRecord.decodeAny(state);
        if (record == null || !coordinator.node().hasRoomForSeen()) {
            return;
        }
        ByteBuffer name = ByteBuffer.wrap(key);
        long time = coordinator.nanos();
        Seen known = before.get(name);
        Seen seen = known != null && Arrays.equals(known.state(), state) ? known : new Seen(state, time);
        if (now.put(name, seen) == null) {
            coordinator.node().seenChanged(1);
        }
        if (time - seen.since() > longestHold(record)) {
            coordinator.leftovers().add(key, state, record);
        }
    }

    private long longestHold(LeaseRecord record) {
        return record.holds().stream()
                .mapToLong(hold -> coordinator.rules().takeoverAfter(hold.durationNanos()))
                .max()
                .orElse(0);
    }

    private void ended() {
        forget(before);
        before = now;
        now = new HashMap<>();
        planned = false;
        if (used || !before.isEmpty()) {
            plan();
        }
    }
}
