package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.spi.Repetition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Sends parts to the members of the next group that lack them, some at a time, until a majority and
 * each newcomer has them. A member that is slower, and is not needed, gets what is sent when it has
 * answered; what it misses meanwhile it takes from others later, as any replica does.
 *
 * <p>A member has one request in flight at most. So what is in flight is bounded.
 */
final class Delivery {
    private final MemberCalls calls;
    private final TransferLimits limits;
    private final TransferPlan plan;
    private final LongConsumer sent;
    private final Set<MemberId> busy = new HashSet<>();
    private final Map<MemberId, String> failures = new HashMap<>();
    private final Set<MemberId> resting = new HashSet<>();
    private final Repetition ticks;
    private List<Part> parts = List.of();
    private Consumer<List<Part>> then = refused -> {};
    private boolean delivering;
    private long progressAt;

    /** @param sent is given how many bytes each request has */
    Delivery(MemberCalls calls, TransferLimits limits, TransferPlan plan, LongConsumer sent) {
        this.calls = calls;
        this.limits = limits;
        this.plan = plan;
        this.sent = sent;
        this.ticks = calls.timer(this::tick);
    }

    boolean isDelivering() {
        return delivering;
    }

    /**
     * Delivers parts. To be called when the delivery before has ended.
     *
     * @param end is called once, with those that too many refuse
     */
    void deliver(List<Part> all, Consumer<List<Part>> end) {
        parts = all;
        then = end;
        delivering = true;
        progressAt = calls.now();
        ticks.in(limits.retryNanos());
        sendAll();
    }

    private void sendAll() {
        if (!delivering) {
            return;
        }
        if (parts.stream().allMatch(this::isDecided)) {
            delivering = false;
            ticks.cancel();
            then.accept(parts.stream().filter(part -> !part.isKnown(plan)).toList());
            return;
        }
        for (MemberId member : plan.next()) {
            if (!busy.contains(member) && !resting.contains(member)) {
                List<Part> lacked =
                        parts.stream().filter(part -> part.isLackedBy(member)).toList();
                if (!lacked.isEmpty()) {
                    send(member, lacked);
                }
            }
        }
    }

    private boolean isDecided(Part part) {
        return part.isKnown(plan) || part.isRefused(plan) || part.isStuck(plan, failures.keySet());
    }

    private void send(MemberId member, List<Part> lacked) {
        Set<StoreSpec> stores = new LinkedHashSet<>();
        List<Known> known = new ArrayList<>();
        List<Part> numbered = new ArrayList<>();
        long bytes = 0;
        for (Part part : lacked) {
            stores.add(part.store());
            bytes += part.bytes();
            Known content = part.known();
            if (content != null) {
                known.add(content);
                numbered.add(part);
            }
        }
        busy.add(member);
        sent.accept(bytes);
        calls.send(
                member,
                TransferMethod.METHOD,
                new TransferMethod.Request(plan.since(), member.incarnation(), List.copyOf(stores), known),
                answer -> answered(member, lacked, numbered, answer),
                reason -> failed(member, reason));
    }

    private void answered(MemberId member, List<Part> lacked, List<Part> numbered, TransferMethod.Answer answer) {
        busy.remove(member);
        failures.remove(member);
        progressAt = calls.now();
        for (int number : answer.refused()) {
            if (number >= 0 && number < numbered.size()) {
                numbered.get(number).refuses(member);
            }
        }
        lacked.stream().filter(part -> part.isLackedBy(member)).forEach(part -> part.holds(member));
        sendAll();
    }

    private void failed(MemberId member, String reason) {
        busy.remove(member);
        resting.add(member);
        failures.put(member, reason);
    }

    private void tick() {
        if (!delivering) {
            return;
        }
        if (calls.now() - progressAt >= limits.patienceNanos()) {
            MemberId needed = missing();
            calls.failed(needed, failures.getOrDefault(needed, "it does not answer"));
            return;
        }
        resting.clear();
        ticks.in(limits.retryNanos());
        sendAll();
    }

    /** A member that is waited for: a newcomer if there is one. */
    private MemberId missing() {
        List<MemberId> lacking = plan.next().stream()
                .filter(member -> parts.stream()
                        .anyMatch(part -> !part.isKnown(plan) && !part.isRefused(plan) && part.isLackedBy(member)))
                .toList();
        return lacking.stream().filter(plan::isNewcomer).findFirst().orElse(lacking.get(0));
    }
}
