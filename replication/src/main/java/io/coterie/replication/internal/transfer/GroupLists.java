package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.ListKind;
import io.coterie.replication.internal.wire.ListMethod.Cursor;
import io.coterie.replication.internal.wire.ListMethod.OneKey;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.ListMethod.Request;
import io.coterie.replication.internal.wire.ListMethod.Scope;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has the members of the group list all that they have, side by side, and merges what they list. A
 * member that lags is left out from then on, as long as a majority is left: what was merged before
 * rests on a majority then, and what comes after on one now.
 *
 * <p>One member sends states and values, the others only ballots and timestamps. If it turns out to
 * lag behind in its records, the next one does.
 */
final class GroupLists {
    private final MemberCalls calls;
    private final TransferLimits limits;
    private final TransferPlan plan;
    private final Consumer<StoreSpec> storeSeen;
    private final Map<MemberId, MemberList> lists = new LinkedHashMap<>();
    private MemberId sender;

    /** How many keys the last pages had, and how many were looked at again since. */
    private int keys;

    private int looks;

    /** @param storeSeen is given each store that a page names */
    GroupLists(MemberCalls calls, TransferLimits limits, TransferPlan plan, Consumer<StoreSpec> storeSeen) {
        this.calls = calls;
        this.limits = limits;
        this.plan = plan;
        this.storeSeen = storeSeen;
        plan.group().forEach(member -> lists.put(member, new MemberList()));
        this.sender = plan.group().get(0);
    }

    /** The members that list, a majority of the group. */
    Set<MemberId> members() {
        return lists.keySet();
    }

    /** Whether all is listed and merged. */
    boolean isOver() {
        return lists.values().stream().allMatch(MemberList::isOver);
    }

    private void changeSender() {
        List<MemberId> members = List.copyOf(lists.keySet());
        sender = members.get((members.indexOf(sender) + 1) % members.size());
    }

    /** Asks for the next pages of those whose last ones are merged. */
    void next(Runnable then) {
        if (keys > 0 && looks > keys / 2) {
            changeSender();
        }
        keys = 0;
        looks = 0;
        MemberId whole = sender;
        Map<MemberId, Request> requests = new LinkedHashMap<>();
        lists.forEach((member, list) -> {
            Cursor from = list.needed();
            if (from != null) {
                requests.put(member, request(member, member.equals(whole), from));
            }
        });
        Set<MemberId> merged = new HashSet<>(lists.keySet());
        merged.removeAll(requests.keySet());
        new ListPoll(calls, limits, requests, plan.next(), answered -> isListedBy(merged, answered), pages -> {
                    requests.keySet().stream()
                            .filter(member -> !pages.containsKey(member))
                            .forEach(this::leaveOut);
                    pages.forEach((member, page) -> {
                        page.stores().forEach(this::seen);
                        Objects.requireNonNull(lists.get(member)).add(page, member.equals(whole));
                    });
                    then.run();
                })
                .start();
    }

    private boolean isListedBy(Set<MemberId> some, Set<MemberId> others) {
        Set<MemberId> all = new HashSet<>(some);
        all.addAll(others);
        return plan.isListedBy(all);
    }

    private void seen(StoreSpec store) {
        plan.quorums().seen(store);
        storeSeen.accept(store);
    }

    /**
     * Whether those that are left are enough for all stores. A store may have been named only after
     * members were left out.
     */
    boolean areEnough() {
        return plan.isListedBy(lists.keySet());
    }

    private void leaveOut(MemberId member) {
        if (member.equals(sender)) {
            changeSender();
        }
        lists.remove(member);
    }

    private Request request(MemberId member, boolean states, Scope scope) {
        return new Request(plan.since(), member.incarnation(), states, limits.pageBytes(), scope);
    }

    /**
     * Asks all members for one key, with its state or value.
     *
     * @param then gets the pages of a majority at least
     */
    void look(ListKind kind, RecordKey key, Consumer<Map<MemberId, Page>> then) {
        looks++;
        Map<MemberId, Request> requests = new LinkedHashMap<>();
        lists.keySet().forEach(member -> requests.put(member, request(member, true, new OneKey(kind, key))));
        new ListPoll(calls, limits, requests, plan.next(), plan::isListedBy, then).start();
    }

    /**
     * Takes all entries about which every member has been heard, in their order.
     *
     * @param taken gets what the members have that have it, with whether that is whole
     */
    void merge(BiConsumer<Listed, Map<MemberId, KeyWork.Found>> taken) {
        Listed next = next();
        while (next != null) {
            Map<MemberId, KeyWork.Found> found = new LinkedHashMap<>();
            for (Map.Entry<MemberId, MemberList> each : lists.entrySet()) {
                MemberList list = each.getValue();
                Listed first = list.first();
                if (first != null && Listed.ORDER.compare(first, next) == 0) {
                    found.put(each.getKey(), new KeyWork.Found(first, list.isWhole()));
                    list.takeFirst();
                }
            }
            keys += next.key() == null ? 0 : 1;
            taken.accept(next, found);
            next = next();
        }
    }

    private @Nullable Listed next() {
        List<Listed> firsts = new ArrayList<>();
        for (MemberList list : lists.values()) {
            Listed first = list.first();
            if (first != null) {
                firsts.add(first);
            }
        }
        Iterator<Listed> inOrder = firsts.stream().sorted(Listed.ORDER).iterator();
        Listed lowest = inOrder.hasNext() ? inOrder.next() : null;
        return lowest != null && lists.values().stream().allMatch(list -> covers(list, lowest)) ? lowest : null;
    }

    private static boolean covers(MemberList list, Listed entry) {
        return list.first() != null || list.covers(entry);
    }
}
