package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.transfer.Decisions.Decision;
import io.coterie.replication.internal.wire.ListKind;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What comes next for a key, given what the members of the group have for it. */
sealed interface KeyParts {
    /** To send what the next group does not know yet; nothing if it knows all. */
    record Send(List<Part> parts) implements KeyParts {}

    /** To look again, as a state or value is needed that nobody has sent. */
    record Look() implements KeyParts {}

    /** To have a round settle what is chosen. */
    record Settle() implements KeyParts {}

    static KeyParts of(TransferPlan plan, StoreSpec store, KeyWork work) {
        return work.kind() == ListKind.REGISTERS ? ofRegister(plan, store, work) : ofValue(plan, store, work);
    }

    private static KeyParts ofRegister(TransferPlan plan, StoreSpec store, KeyWork work) {
        Map<MemberId, Listed.Register> found = new LinkedHashMap<>();
        work.found().forEach((member, each) -> found.put(member, (Listed.Register) each.entry()));
        Decision decision = plan.quorums().hasChosen(store)
                ? Decisions.ofRegister(plan, store, found)
                : Decisions.ofRegister(plan.group().size(), found.values());
        if (decision instanceof Decision.Copy copy) {
            return copy(plan, store, work, copy, found);
        }
        return decision instanceof Decision.Round ? new Settle() : new Send(List.of());
    }

    private static KeyParts copy(
            TransferPlan plan,
            StoreSpec store,
            KeyWork work,
            Decision.Copy copy,
            Map<MemberId, Listed.Register> found) {
        byte[] state = null;
        Set<MemberId> holders = new LinkedHashSet<>();
        for (Map.Entry<MemberId, Listed.Register> each : found.entrySet()) {
            Listed.Register register = each.getValue();
            if (register.accepted().equals(copy.accepted())) {
                state = register.state() == null ? state : register.state();
                if (!copy.promised().isAbove(register.promised())) {
                    holders.add(each.getKey());
                }
            }
        }
        Known.Register known = new Known.Register(work.key(), copy.accepted(), copy.promised(), state);
        Part part = Part.ofKey(store, known, work, state == null ? 0 : state.length, holders);
        if (part.isKnown(plan)) {
            return new Send(List.of());
        }
        boolean lacksState = state == null && !copy.accepted().equals(Ballot.NONE);
        return lacksState ? new Look() : new Send(List.of(part));
    }

    /** Each version for itself: a replica that merges them knows the later one. */
    private static KeyParts ofValue(TransferPlan plan, StoreSpec store, KeyWork work) {
        Map<HlcTimestamp, VersionedValue> whole = new LinkedHashMap<>();
        Map<HlcTimestamp, Set<MemberId>> holders = new LinkedHashMap<>();
        work.found().forEach((member, each) -> {
            VersionedValue value = ((Listed.Value) each.entry()).value();
            holders.computeIfAbsent(value.timestamp(), first -> new LinkedHashSet<>())
                    .add(member);
            if (each.whole()) {
                whole.put(value.timestamp(), value);
            }
        });
        List<Part> parts = new ArrayList<>();
        for (Map.Entry<HlcTimestamp, Set<MemberId>> version : holders.entrySet()) {
            VersionedValue value = whole.get(version.getKey());
            byte[] bytes = value == null ? null : value.value();
            Known known = new Known.Value(work.key(), new VersionedValue(version.getKey(), bytes));
            Part part = Part.ofKey(store, known, work, bytes == null ? 0 : bytes.length, version.getValue());
            if (!part.isKnown(plan)) {
                if (value == null) {
                    return new Look();
                }
                parts.add(part);
            }
        }
        return new Send(parts);
    }
}
