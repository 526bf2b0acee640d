package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.ListKind;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.RecordKey;
import java.util.LinkedHashMap;
import java.util.Map;

/** A key on its way to the next group: what the members of the group have for it. */
final class KeyWork {
    private final ListKind kind;
    private final RecordKey key;
    private final Map<MemberId, Found> found = new LinkedHashMap<>();

    /** How many parts are not known yet by the next group. */
    int parts;

    /** How often the key was settled by a round or looked at again. */
    int attempts;

    /**
     * What a member has.
     *
     * @param whole whether it came with its state or value
     */
    record Found(Listed entry, boolean whole) {}

    KeyWork(ListKind kind, RecordKey key) {
        this.kind = kind;
        this.key = key;
    }

    ListKind kind() {
        return kind;
    }

    RecordKey key() {
        return key;
    }

    /** What members have that have the key. */
    Map<MemberId, Found> found() {
        return found;
    }
}
