package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.ListKind;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.spi.Repetition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Lists all that a majority of a stable group knows: of each key the latest that one of them has.
 * It changes nothing.
 *
 * <p>What was acknowledged before it began is known to a majority, and that shares a member with
 * those that list. An accepted ballot only rises. So the latest is what was acknowledged, or
 * something later, which may never have been acknowledged.
 *
 * <p>Each key is looked at at a time of its own, so keys do not fit together as at one moment. One
 * key of each store can be read after all the others: where it bounds what the others had, it then
 * does so for all that the list lacks.
 *
 * <p>Only to be used on the node's loop, where the reader is called, too.
 */
public final class MergedList {
    /** About what an entry has besides key and content. */
    private static final int OVERHEAD_BYTES = 64;

    private final TransferLimits limits;
    private final TransferPlan plan;
    private final byte[] lastKey;
    private final BiPredicate<HlcTimestamp, HlcTimestamp> isLater;
    private final Reader reader;
    private final Repetition steps;
    private final MemberCalls calls;
    private final GroupLists lists;
    private final TransferStores stores;
    private final Map<Long, Ballot> floors = new TreeMap<>();
    private final Deque<KeyWork> waiting = new ArrayDeque<>();
    private List<Listed> ready = new ArrayList<>();
    private long readyBytes;
    private int inWork;
    private boolean pumping;
    private boolean reading;
    private boolean lastKeysRead;
    private boolean endRead;
    private long pageAt;

    /** Gets what is listed. */
    public interface Reader {
        /**
         * The next entries. No key comes twice. Stores and floors come last.
         *
         * @param next to be called once, on the loop, when more can be taken
         */
        void take(List<Listed> entries, Runnable next);

        /** All was taken. */
        void completed();

        /** This node's replica knows a later change of the group: what was listed may lack it. */
        void superseded();

        /**
         * Too few members list for too long.
         *
         * @param reason a human-readable text
         */
        void failed(String reason);
    }

    /**
     * A list that has not begun.
     *
     * @param since the epoch since which the group is stable. Members answer for it alone
     * @param group the first of them sends states and values
     * @param quorums those of the stores
     * @param lastKey the bytes of the key that is read after all others of its store
     * @param isLater whether the first of two timestamps is later
     */
    public MergedList(
            RpcNode node,
            long since,
            List<MemberId> group,
            TransferQuorums quorums,
            TransferLimits limits,
            byte[] lastKey,
            BiPredicate<HlcTimestamp, HlcTimestamp> isLater,
            Reader reader) {
        this.limits = limits;
        this.plan = new TransferPlan(since, group, group, quorums);
        this.lastKey = lastKey.clone();
        this.isLater = isLater;
        this.reader = reader;
        this.steps = new Repetition(node.world().scheduler(), limits.retryNanos(), this::pump);
        this.calls = new MemberCalls(node, limits, new Ends(), steps::guard);
        this.stores = new TransferStores(plan);
        this.lists = new GroupLists(calls, limits, plan, stores::seen);
    }

    /** Begins. To be called once. */
    public void start() {
        steps.guard(this::nextPages);
    }

    /** Ends it without a report. */
    public void stop() {
        calls.stop();
        steps.cancel();
    }

    private void nextPages() {
        pageAt = calls.now();
        lists.next(() -> {
            lists.merge(this::listed);
            pump();
        });
    }

    private void listed(Listed entry, Map<MemberId, KeyWork.Found> found) {
        RecordKey key = entry.key();
        if (entry instanceof Listed.Store store) {
            stores.listed(store.spec(), found.keySet());
        } else if (entry instanceof Listed.Floor) {
            found.values().forEach(each -> raise((Listed.Floor) each.entry()));
        } else if (key != null && !isReadLast(entry.kind(), key)) {
            KeyWork work = new KeyWork(entry.kind(), key);
            work.found().putAll(found);
            waiting.add(work);
        }
    }

    private boolean isReadLast(ListKind kind, RecordKey key) {
        return kind == ListKind.REGISTERS && Arrays.equals(key.bytes(), lastKey);
    }

    private void raise(Listed.Floor floor) {
        floors.merge(floor.store(), floor.floor(), Ballot::max);
    }

    /** Continues with whatever can be done now. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        while (!waiting.isEmpty() && inWork < limits.keysAtOnce() && readyBytes < limits.pageBytes()) {
            decide(waiting.remove());
        }
        pumping = false;
        boolean settled = inWork == 0 && waiting.isEmpty();
        if (reading) {
            return;
        }
        if (readyBytes >= limits.pageBytes() || (settled && !ready.isEmpty())) {
            hand();
        } else if (settled) {
            pageDone();
        }
    }

    private void hand() {
        List<Listed> taken = ready;
        ready = new ArrayList<>();
        readyBytes = 0;
        reading = true;
        reader.take(
                taken,
                () -> calls.guard(() -> {
                    reading = false;
                    pump();
                }));
    }

    private void pageDone() {
        if (!lists.isOver()) {
            long pause = limits.throttled() ? Math.max(0, calls.now() - pageAt) : 0;
            calls.timer(this::nextPages).in(pause);
        } else if (!lists.areEnough()) {
            stop();
            reader.failed(Pass.NOT_ENOUGH);
        } else if (!lastKeysRead) {
            lastKeysRead = true;
            stores.rest();
            for (StoreSpec store : stores.all()) {
                waiting.add(new KeyWork(ListKind.REGISTERS, new RecordKey(store.id(), lastKey)));
            }
            pump();
        } else if (!endRead) {
            endRead = true;
            stores.all().forEach(store -> ready.add(new Listed.Store(store)));
            floors.forEach((store, floor) -> ready.add(new Listed.Floor(store, floor)));
            pump();
        } else {
            end();
        }
    }

    private void end() {
        String problem = stores.problem();
        stop();
        if (problem == null) {
            reader.completed();
        } else {
            reader.failed(problem);
        }
    }

    private void decide(KeyWork work) {
        boolean isUnread = work.attempts == 0 && isReadLast(work.kind(), work.key());
        if (isUnread) {
            look(work);
        } else if (stores.find(work.key().store()) != null && !work.found().isEmpty()) {
            Listed latest = work.kind() == ListKind.REGISTERS ? latestRegister(work) : latestValue(work);
            if (latest == null) {
                look(work);
            } else {
                ready.add(latest);
                readyBytes += OVERHEAD_BYTES + work.key().length() + contentBytes(latest);
            }
        }
    }

    /** Null if its state is known to a member that has not sent it. */
    private static Listed.@Nullable Register latestRegister(KeyWork work) {
        Ballot promised = Ballot.NONE;
        Ballot accepted = Ballot.NONE;
        byte[] state = null;
        for (KeyWork.Found each : work.found().values()) {
            Listed.Register register = (Listed.Register) each.entry();
            promised = Ballot.max(promised, register.promised());
            if (register.accepted().isAbove(accepted)) {
                accepted = register.accepted();
                state = register.state();
            } else if (state == null && register.accepted().equals(accepted)) {
                state = register.state();
            }
        }
        boolean lacksState = state == null && !accepted.equals(Ballot.NONE);
        return lacksState ? null : new Listed.Register(work.key(), promised, accepted, state);
    }

    /** Null if it is known to a member that has not sent it. */
    private Listed.@Nullable Value latestValue(KeyWork work) {
        Listed.Value latest = null;
        boolean isWhole = false;
        for (KeyWork.Found each : work.found().values()) {
            Listed.Value value = (Listed.Value) each.entry();
            HlcTimestamp timestamp = value.value().timestamp();
            boolean isSame = latest != null && timestamp.equals(latest.value().timestamp());
            if (latest == null || isLater.test(timestamp, latest.value().timestamp()) || (isSame && each.whole())) {
                latest = value;
                isWhole = each.whole();
            }
        }
        return isWhole ? latest : null;
    }

    private static int contentBytes(Listed entry) {
        byte[] content = entry instanceof Listed.Register register
                ? register.state()
                : ((Listed.Value) entry).value().value();
        return content == null ? 0 : content.length;
    }

    /** Asks all members for a key, with its state or value. It counts as in work until then. */
    private void look(KeyWork work) {
        inWork++;
        work.attempts++;
        lists.look(work.kind(), work.key(), pages -> {
            work.found().clear();
            pages.forEach((member, page) -> note(work, member, page));
            inWork--;
            decide(work);
            pump();
        });
    }

    private void note(KeyWork work, MemberId member, Page page) {
        for (Listed entry : page.entries()) {
            if (entry instanceof Listed.Floor floor) {
                raise(floor);
            } else if (entry.kind() == work.kind() && Objects.equals(work.key(), entry.key())) {
                work.found().put(member, new KeyWork.Found(entry, true));
            }
        }
    }

    private final class Ends implements MemberCalls.End {
        @Override
        public void superseded() {
            stop();
            reader.superseded();
        }

        @Override
        public void failed(@Nullable MemberId member, String reason) {
            stop();
            reader.failed(member == null ? reason : member.node() + ": " + reason);
        }
    }
}
