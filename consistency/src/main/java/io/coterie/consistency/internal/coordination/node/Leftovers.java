package io.coterie.consistency.internal.coordination.node;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.rpc.spi.Repetition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Removes records that nobody holds or waits for: after a while, so that whoever takes a lease
 * again soon finds the record there.
 *
 * <p>Before a record goes, the {@link Floor} is raised to its last token. It goes only from the
 * very state whose last token that is, so that no token of it is above the floor. Removals that
 * fail are left to the next {@link Sweep}, as are those that the node has {@linkplain NodeLeases no
 * room} for.
 */
public final class Leftovers {
    private static final int MAX_AT_ONCE = 256;
    private static final int MAX_AT_ONCE_OF_MANY = 1_024;

    /** After a failure of this node's own. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Upkeep upkeep;
    private final FloorRaiser floor;
    private final long quietNanos;

    /** In the order of their times. */
    private final Map<ByteBuffer, Leftover> leftovers = new LinkedHashMap<>();

    private final Repetition collections;
    private boolean removing;
    private boolean planned;

    /** Whether what is planned does not wait for the time of the first. */
    private boolean plannedEarly;

    /** Raises the {@link Floor}. */
    interface FloorRaiser {
        /**
         * Raises it to a token unless it is as high, and reports, once, whether that is known to be
         * done.
         */
        void raise(long token, Consumer<Boolean> then);
    }

    private record Leftover(byte[] key, byte[] state, long lastToken, long due) {}

    Leftovers(Upkeep upkeep, FloorRaiser floor, Duration quiet) {
        this.upkeep = upkeep;
        this.floor = floor;
        this.quietNanos = quiet.toNanos();
        this.collections = new Repetition(upkeep.world().scheduler(), PAUSE_NANOS, this::collect);
        upkeep.node().onManyLeftovers(this::continueRemoving);
    }

    /**
     * Nobody holds or waits for this record in this state. If there is no room, another is left to
     * the sweep instead.
     */
    public void add(byte[] key, byte[] state, LeaseRecord record) {
        take(ByteBuffer.wrap(key));
        if (upkeep.node().hasNoRoomForLeftovers() && !leftovers.isEmpty()) {
            take(leftovers.keySet().iterator().next());
        }
        var unused = addIfRoom(key, state, record);
    }

    /** Adds a record as {@link #add} does, or returns false if there is no room for it. */
    boolean addIfRoom(byte[] key, byte[] state, LeaseRecord record) {
        ByteBuffer name = ByteBuffer.wrap(key);
        take(name);
        NodeLeases node = upkeep.node();
        if (node.hasNoRoomForLeftovers()) {
            return false;
        }
        leftovers.put(name, new Leftover(key, state, record.lastToken(), upkeep.nanos() + quietNanos));
        node.leftoversChanged(1);
        continueRemoving();
        return true;
    }

    /** Somebody at this node wants it again. */
    public void keep(byte[] key) {
        take(ByteBuffer.wrap(key));
    }

    private void take(ByteBuffer name) {
        if (leftovers.remove(name) != null) {
            upkeep.node().leftoversChanged(-1);
        }
    }

    private void continueRemoving() {
        boolean early = upkeep.node().hasManyLeftovers();
        boolean isPlanned = planned && (plannedEarly || !early);
        if (removing || isPlanned || leftovers.isEmpty() || upkeep.isClosed()) {
            return;
        }
        planned = true;
        plannedEarly = early;
        long first = leftovers.values().iterator().next().due();
        collections.in(early ? 0 : Math.max(first - upkeep.nanos(), 0));
    }

    private void collect() {
        planned = false;
        removing = true;
        List<Leftover> due = takeDue();
        long highest = due.stream().mapToLong(Leftover::lastToken).max().orElse(0);
        if (upkeep.isClosed() || due.isEmpty()) {
            ended();
            return;
        }
        floor.raise(upkeep.rules().floorFor(highest), raised -> {
            if (raised) {
                collections.guard(() -> remove(due));
            } else {
                ended();
            }
        });
    }

    private List<Leftover> takeDue() {
        List<Leftover> due = new ArrayList<>();
        Iterator<Leftover> all = leftovers.values().iterator();
        long now = upkeep.nanos();
        int atOnce = upkeep.node().hasManyLeftovers() ? MAX_AT_ONCE_OF_MANY : MAX_AT_ONCE;
        while (all.hasNext() && due.size() < atOnce) {
            Leftover next = all.next();
            if (next.due() > now && !upkeep.node().hasManyLeftovers()) {
                break;
            }
            all.remove();
            upkeep.node().leftoversChanged(-1);
            due.add(next);
        }
        return due;
    }

    private void remove(List<Leftover> due) {
        int[] left = {due.size()};
        for (Leftover leftover : due) {
            byte[] state = leftover.state();
            Operation removal = new Operation.Update(current -> Arrays.equals(current, state) ? null : current);
            long deadline = upkeep.nanos() + upkeep.operationNanos();
            upkeep.store().execute(leftover.key(), removal, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    oneLess();
                }

                @Override
                public void fail(@Nullable Throwable error) {
                    oneLess();
                }

                private void oneLess() {
                    left[0]--;
                    if (left[0] == 0) {
                        ended();
                    }
                }
            });
        }
    }

    private void ended() {
        removing = false;
        continueRemoving();
    }
}
