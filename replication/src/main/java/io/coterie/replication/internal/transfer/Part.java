package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One thing that the next group is to know: a record, or a store if there is no record. */
final class Part {
    /** About what a part has besides key and content. */
    private static final int OVERHEAD_BYTES = 64;

    private final StoreSpec store;
    private final @Nullable Known known;
    private final @Nullable KeyWork work;
    private final int bytes;
    private final Set<MemberId> holders;
    private final Set<MemberId> refusers = new HashSet<>();

    private Part(StoreSpec store, @Nullable Known known, @Nullable KeyWork work, int bytes, Set<MemberId> holders) {
        this.store = store;
        this.known = known;
        this.work = work;
        this.bytes = OVERHEAD_BYTES + bytes;
        this.holders = new HashSet<>(holders);
    }

    static Part ofStore(StoreSpec store, Set<MemberId> holders) {
        return new Part(
                store, null, null, store.name().length() + store.policy().length(), holders);
    }

    static Part ofFloor(StoreSpec store, Known.Floor floor, Set<MemberId> holders) {
        return new Part(store, floor, null, 0, holders);
    }

    /** @param content how many bytes its state or value has */
    static Part ofKey(StoreSpec store, Known known, KeyWork work, int content, Set<MemberId> holders) {
        RecordKey key = work.key();
        return new Part(store, known, work, key.length() + content, holders);
    }

    StoreSpec store() {
        return store;
    }

    /** Null if the store itself is the part. */
    @Nullable
    Known known() {
        return known;
    }

    /** The key that it is of; null if it is of a store. */
    @Nullable
    KeyWork work() {
        return work;
    }

    int bytes() {
        return bytes;
    }

    void holds(MemberId member) {
        holders.add(member);
    }

    void refuses(MemberId member) {
        refusers.add(member);
    }

    /** Whether the member has to be sent the part. */
    boolean isLackedBy(MemberId member) {
        return !holders.contains(member) && !refusers.contains(member);
    }

    /** Whether enough of the next group, and each newcomer, have it. */
    boolean isKnown(TransferPlan plan) {
        List<MemberId> having = plan.next().stream().filter(holders::contains).toList();
        return plan.isKnownBy(store, having)
                && plan.next().stream().allMatch(member -> holders.contains(member) || !plan.isNewcomer(member));
    }

    /** Whether so many refuse it that the next group cannot come to know it so. */
    boolean isRefused(TransferPlan plan) {
        List<MemberId> left = plan.next().stream()
                .filter(member -> !refusers.contains(member))
                .toList();
        return !plan.isKnownBy(store, left)
                || plan.next().stream().anyMatch(member -> refusers.contains(member) && plan.isNewcomer(member));
    }

    /**
     * Whether some refuse it, and nothing else is to be had: all that neither have nor refuse it
     * fail. Only a round helps then, as it needs no more than a quorum.
     */
    boolean isStuck(TransferPlan plan, Set<MemberId> failing) {
        return !refusers.isEmpty()
                && plan.next().stream().allMatch(member -> !isLackedBy(member) || failing.contains(member));
    }
}
