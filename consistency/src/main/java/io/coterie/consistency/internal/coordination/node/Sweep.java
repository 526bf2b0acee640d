package io.coterie.consistency.internal.coordination.node;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the store now and then, as long as this node uses it, for records that nobody is
 * left to remove: those of holders and waiters that died. A record that has not changed from one
 * look to the next, for longer than its holders can count themselves valid, is nobody's.
 *
 * <p>A look keeps in mind only so many records as the node has {@linkplain NodeLeases#roomForSeen()
 * room} for, from where the look before left off. So a store of any size is gone through in parts,
 * and then from its beginning again.
 */
public final class Sweep {
    private static final int PAGE = 200;
    private static final byte[] ALL = {};

    /**
     * The next part of a store is looked at sooner than the whole: after this part of the interval,
     * at least.
     */
    private static final int PARTS = 10;

    private final Upkeep upkeep;
    private final Leftovers leftovers;
    private final long intervalNanos;
    private final Repetition looks;

    /** The records that are known from looks before and were not met at this one yet. */
    private final NavigableMap<byte[], Seen> before = new TreeMap<>(Arrays::compareUnsigned);

    private final NavigableMap<byte[], Seen> now = new TreeMap<>(Arrays::compareUnsigned);

    /** From here on this look keeps records in mind that are not known. */
    private byte[] from = ALL;

    /** The first record that this look had no room for. */
    private byte @Nullable [] leftOff;

    private int found;
    private int stoodStill;
    private long longestTakeoverFound;
    private boolean planned;
    private boolean used;
    private boolean counted;

    private record Seen(byte[] state, long since) {}

    Sweep(Upkeep upkeep, Leftovers leftovers, Duration interval) {
        this.upkeep = upkeep;
        this.leftovers = leftovers;
        this.intervalNanos = interval.toNanos();
        this.looks = new Repetition(upkeep.world().scheduler(), intervalNanos, this::lookAtPart);
    }

    /** This node uses a lease. */
    public void used() {
        used = true;
        plan();
    }

    private void plan() {
        if (!planned && !upkeep.isClosed()) {
            count(true);
            planned = true;
            looks.in(pause());
        }
    }

    private long pause() {
        long usual = intervalNanos / 2 + upkeep.world().random().nextLong(intervalNanos);
        if (isAtBeginning()) {
            return usual;
        }
        long shortest = Math.max(longestTakeoverFound, intervalNanos / PARTS) + 1;
        return Math.min(usual, shortest + upkeep.world().random().nextLong(shortest));
    }

    private boolean isAtBeginning() {
        return from.length == 0;
    }

    private void count(boolean looksThrough) {
        if (counted != looksThrough) {
            counted = looksThrough;
            upkeep.node().sweepsChanged(looksThrough ? 1 : -1);
        }
    }

    private void lookAtPart() {
        used = false;
        before.putAll(now);
        now.clear();
        leftOff = null;
        found = 0;
        stoodStill = 0;
        longestTakeoverFound = 0;
        boolean isKnownFirst = !before.isEmpty() && Arrays.compareUnsigned(before.firstKey(), from) < 0;
        read(new KeyRange(ALL, isKnownFirst ? before.firstKey() : from));
    }

    private void read(KeyRange range) {
        if (upkeep.isClosed()) {
            return;
        }
        long deadline = upkeep.nanos() + upkeep.operationNanos();
        ScanCompletion completion = new ScanCompletion() {
            @Override
            public void complete(ScannedPage page) {
                looks.guard(() -> looked(page));
            }

            @Override
            public void fail(Throwable error) {
                planNext(true);
            }
        };
        try {
            upkeep.store().scan(range, PAGE, deadline, completion);
        } catch (UnsupportedOperationException noScans) {
            before.clear();
            count(false);
        }
    }

    private void looked(ScannedPage page) {
        page.entries().forEach(entry -> look(entry.key(), entry.value()));
        KeyRange next = page.next();
        if (next == null || (leftOff != null && before.ceilingKey(next.from()) == null)) {
            // What was not met is gone.
            before.clear();
            from = ALL;
            planNext(false);
        } else {
            read(next);
        }
    }

    private void look(byte[] key, byte[] state) {
        Seen known = before.remove(key);
        LeaseRecord record = LeaseRecord.decodeAny(state);
        if (record == null) {
            return;
        }
        if (known == null || !Arrays.equals(known.state(), state)) {
            find(key, state, record);
        } else if (!isOver(known, record) || !leftovers.addIfRoom(key, state, record)) {
            keep(key, known);
        }
    }

    private boolean isOver(Seen seen, LeaseRecord record) {
        return upkeep.nanos() - seen.since() > longestTakeover(record);
    }

    private void find(byte[] key, byte[] state, LeaseRecord record) {
        if (leftOff != null || Arrays.compareUnsigned(key, from) < 0) {
            return;
        }
        if (found >= upkeep.node().roomForSeen()) {
            leftOff = key;
            return;
        }
        found++;
        longestTakeoverFound = Math.max(longestTakeoverFound, longestTakeover(record));
        now.put(key, new Seen(state, upkeep.nanos()));
    }

    /**
     * A record for which there is no room is found again when its part of the store comes again.
     */
    private void keep(byte[] key, Seen known) {
        if (stoodStill < upkeep.node().roomForSeen()) {
            stoodStill++;
            now.put(key, known);
        }
    }

    private long longestTakeover(LeaseRecord record) {
        return record.entries().stream()
                .mapToLong(entry -> upkeep.rules().takeoverAfter(entry.durationNanos()))
                .max()
                .orElse(0);
    }

    private void planNext(boolean failed) {
        byte[] next = leftOff;
        if (next != null) {
            from = next;
        }
        planned = false;
        if (used || failed || !now.isEmpty() || !isAtBeginning()) {
            plan();
        } else {
            count(false);
        }
    }
}
