package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.StoreSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One pass of a transfer over all that the group has, from the first store to the last floor. It is
 * a pipeline of three steps: while the keys of one page are being delivered, those of the next are
 * being decided on, and the page after that is on its way. Each step has one page, so that what is
 * in memory and in flight is bounded. If the limits say that it pauses, it has one page in all.
 */
final class Pass {
    /** After so many rounds that settled nothing for a key, something else is wrong. */
    private static final int MAX_ATTEMPTS = 20;

    static final String NOT_ENOUGH =
            "too few members list what they have, for the quorums of a store: start those that are down";

    private final MemberCalls calls;
    private final TransferLimits limits;
    private final TransferPlan plan;
    private final FullRound fullRound;
    private final Steps steps;
    private final GroupLists lists;
    private final Delivery delivery;
    private final TransferStores stores;
    private final FloorsFound floors = new FloorsFound();
    private final Deque<KeyWork> waiting = new ArrayDeque<>();
    private final Deque<Part> ready = new ArrayDeque<>();
    private long readyBytes;

    /** What is being delivered, or was last. */
    private List<Part> delivered = List.of();

    /** How many keys are being settled or looked at. */
    private int inWork;

    private Pages pages = Pages.ASKED_FOR;
    private boolean pumping;
    private boolean floorsSent;
    private long pageAt;

    /** Where the next pages are. */
    private enum Pages {
        ASKED_FOR,
        HERE,

        /** To be asked for when all before is done and the pause is over, or nothing is left. */
        LATER
    }

    /** What is reported of a pass. */
    interface Steps {
        void seen();

        void done();

        void sent(long bytes);

        /** All that the group knows is known by the next group. */
        void completed();
    }

    Pass(MemberCalls calls, TransferLimits limits, TransferPlan plan, FullRound fullRound, Steps steps) {
        this.calls = calls;
        this.limits = limits;
        this.plan = plan;
        this.fullRound = fullRound;
        this.steps = steps;
        this.stores = new TransferStores(plan);
        this.lists = new GroupLists(calls, limits, plan, stores::seen);
        this.delivery = new Delivery(calls, limits, plan, steps::sent);
    }

    void start() {
        askForPages();
    }

    private void askForPages() {
        pages = Pages.ASKED_FOR;
        pageAt = calls.now();
        lists.next(() -> {
            pages = Pages.HERE;
            pump();
        });
    }

    /** Begins with the pages that are here. */
    private void open() {
        lists.merge(this::take);
        if (limits.throttled() || lists.isOver()) {
            pages = Pages.LATER;
        } else {
            askForPages();
        }
    }

    private void take(Listed entry, Map<MemberId, KeyWork.Found> found) {
        if (entry instanceof Listed.Store store) {
            stores.listed(store.spec(), found.keySet()).forEach(this::addReady);
        } else if (entry instanceof Listed.Floor) {
            found.forEach((member, each) -> floors.add(member, (Listed.Floor) each.entry()));
        } else {
            KeyWork work = new KeyWork(entry.kind(), Objects.requireNonNull(entry.key()));
            work.found().putAll(found);
            waiting.add(work);
            steps.seen();
        }
    }

    /** Continues with whatever can be done now. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        while (readyBytes < limits.pageBytes() && decideNext()) {
            // Until enough is ready.
        }
        pumping = false;
        if (delivery.isDelivering()) {
            return;
        }
        if (!ready.isEmpty()) {
            delivery.deliver(nextParts(), this::delivered);
        } else if (inWork == 0 && pages == Pages.LATER) {
            pageDone();
        }
    }

    /** Decides what to do with the next key; returns whether there was one. */
    private boolean decideNext() {
        if (waiting.isEmpty() && ready.isEmpty() && pages == Pages.HERE) {
            open();
        }
        if (waiting.isEmpty() || inWork >= limits.keysAtOnce()) {
            return false;
        }
        decide(waiting.remove());
        return true;
    }

    private List<Part> nextParts() {
        List<Part> parts = new ArrayList<>();
        long bytes = 0;
        while (!ready.isEmpty() && (parts.isEmpty() || bytes + ready.element().bytes() <= limits.pageBytes())) {
            Part part = ready.remove();
            bytes += part.bytes();
            parts.add(part);
        }
        readyBytes -= bytes;
        delivered = parts;
        return parts;
    }

    private void delivered(List<Part> refused) {
        Set<KeyWork> again = new LinkedHashSet<>();
        for (Part part : delivered) {
            KeyWork work = part.work();
            if (work != null) {
                work.parts--;
                if (refused.contains(part)) {
                    again.add(work);
                } else if (work.parts == 0) {
                    steps.done();
                }
            }
        }
        again.forEach(this::settle);
        pump();
    }

    private void pageDone() {
        if (!lists.isOver()) {
            // For as long as these pages took.
            pages = Pages.ASKED_FOR;
            calls.timer(this::askForPages).in(Math.max(0, calls.now() - pageAt));
        } else if (!lists.areEnough()) {
            calls.failed(null, NOT_ENOUGH);
        } else if (!floorsSent) {
            floorsSent = true;
            stores.rest().forEach(this::addReady);
            floors.parts(plan, lists.members(), stores).forEach(this::addReady);
            pump();
        } else {
            end();
        }
    }

    private void end() {
        String problem = stores.problem();
        if (problem == null) {
            steps.completed();
        } else {
            calls.failed(null, problem);
        }
    }

    /** Whether a member was left out, which may be back. */
    boolean hasLeftOut() {
        return lists.members().size() < plan.group().size();
    }

    private void addReady(Part part) {
        if (!part.isKnown(plan)) {
            ready.add(part);
            readyBytes += part.bytes();
        }
    }

    private void decide(KeyWork work) {
        StoreSpec store = stores.find(work.key().store());
        if (store == null) {
            steps.done();
            return;
        }
        KeyParts next = KeyParts.of(plan, store, work);
        if (next instanceof KeyParts.Settle) {
            settle(work);
        } else if (next instanceof KeyParts.Look) {
            inWork++;
            look(work);
        } else if (next instanceof KeyParts.Send send) {
            work.parts = send.parts().size();
            send.parts().forEach(this::addReady);
            if (work.parts == 0) {
                steps.done();
            }
        }
    }

    /** Has a round settle a key, and then looks at it again. */
    private void settle(KeyWork work) {
        inWork++;
        work.attempts++;
        if (work.attempts > MAX_ATTEMPTS) {
            calls.failed(
                    null,
                    "a key of store " + stores.find(work.key().store()) + " is not settled by " + MAX_ATTEMPTS
                            + " rounds");
        } else if (work.attempts == 1) {
            round(work);
        } else {
            // Somebody changes it: not at once again.
            calls.timer(() -> round(work)).in(work.attempts * limits.retryNanos());
        }
    }

    private void round(KeyWork work) {
        fullRound.run(
                work.key(),
                settled -> calls.guard(() -> {
                    if (settled) {
                        look(work);
                    } else {
                        inWork--;
                        settle(work);
                    }
                }));
    }

    /** Looks at a key again, which counts as in work until then. */
    private void look(KeyWork work) {
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
                floors.add(member, floor);
            } else if (entry.kind() == work.kind() && Objects.equals(work.key(), entry.key())) {
                work.found().put(member, new KeyWork.Found(entry, true));
            }
        }
    }
}
