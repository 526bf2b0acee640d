package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.ListMethod.Request;
import io.coterie.rpc.spi.Repetition;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Asks members for what they have, each that fails again and again, until all have answered, or
 * enough have and the others lag.
 */
final class ListPoll {
    private final MemberCalls calls;
    private final TransferLimits limits;
    private final Map<MemberId, Request> requests;
    private final Collection<MemberId> stay;
    private final Predicate<Set<MemberId>> enough;
    private final Consumer<Map<MemberId, Page>> then;
    private final Map<MemberId, Page> answers = new LinkedHashMap<>();

    /** The members to ask again. */
    private final Set<MemberId> failed = new LinkedHashSet<>();

    private final Set<MemberId> failedAgain = new HashSet<>();

    /** How members failed last. */
    private final Map<MemberId, String> reasons = new HashMap<>();

    private final Repetition ticks;
    private final long startedAt;
    private long enoughAt;
    private boolean isEnough;
    private boolean over;

    /**
     * A poll that has not begun.
     *
     * @param stay the members that keep what they have, also if they do not answer
     * @param enough whether the answers of these are enough, if the others lag
     * @param then is called once, with all answers
     */
    ListPoll(
            MemberCalls calls,
            TransferLimits limits,
            Map<MemberId, Request> requests,
            Collection<MemberId> stay,
            Predicate<Set<MemberId>> enough,
            Consumer<Map<MemberId, Page>> then) {
        this.calls = calls;
        this.limits = limits;
        this.requests = requests;
        this.stay = stay;
        this.enough = enough;
        this.then = then;
        this.ticks = calls.timer(this::tick);
        this.isEnough = enough.test(Set.of());
        this.startedAt = calls.now();
        this.enoughAt = startedAt;
    }

    void start() {
        requests.keySet().forEach(this::ask);
        ticks.in(limits.retryNanos());
    }

    private void ask(MemberId member) {
        Request request = requests.get(member);
        if (request != null) {
            calls.send(member, ListMethod.METHOD, request, page -> answered(member, page), reason -> {
                failed.add(member);
                if (reasons.put(member, reason) != null) {
                    failedAgain.add(member);
                }
            });
        }
    }

    private void answered(MemberId member, Page page) {
        if (over) {
            return;
        }
        answers.put(member, page);
        if (!isEnough && enough.test(answers.keySet())) {
            isEnough = true;
            enoughAt = calls.now();
        }
        if (answers.size() == requests.size()) {
            finish();
        }
    }

    private void tick() {
        if (over) {
            return;
        }
        long now = calls.now();
        if (isEnough && (now - enoughAt >= limits.lagNanos() || othersFailAgain())) {
            finish();
        } else if (now - startedAt >= limits.patienceNanos() + limits.lagNanos()) {
            MemberId silent = requests.keySet().stream()
                    .filter(member -> !answers.containsKey(member))
                    .findFirst()
                    .orElseThrow();
            over = true;
            calls.failed(silent, reasons.getOrDefault(silent, "it does not answer"));
        } else {
            List<MemberId> again = List.copyOf(failed);
            failed.clear();
            again.forEach(this::ask);
            ticks.in(limits.retryNanos());
        }
    }

    /**
     * Whether all that have not answered have failed more than once: they are down, not slow. One
     * that goes for good may be all that has some value of an eventual store, and is given the time.
     */
    private boolean othersFailAgain() {
        return requests.keySet().stream()
                .filter(member -> !answers.containsKey(member))
                .allMatch(member -> failedAgain.contains(member) && stay.contains(member));
    }

    private void finish() {
        over = true;
        ticks.cancel();
        then.accept(answers);
    }
}
