package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All that one replica has. */
final class Knowledge {
    final Map<RecordKey, Listed.Register> registers = new HashMap<>();
    final Map<RecordKey, HlcTimestamp> values = new HashMap<>();
    final Map<Long, Ballot> floors = new HashMap<>();
    final List<StoreSpec> stores = new ArrayList<>();

    Ballot promised(RecordKey key) {
        Listed.Register register = registers.get(key);
        return register == null ? floor(key) : register.promised();
    }

    Ballot accepted(RecordKey key) {
        Listed.Register register = registers.get(key);
        return register == null ? Ballot.NONE : register.accepted();
    }

    /** The timestamp of a value, as a ballot. */
    Ballot timestamp(RecordKey key) {
        HlcTimestamp timestamp = values.getOrDefault(key, HlcTimestamp.NONE);
        return new Ballot(timestamp.time(), timestamp.writer());
    }

    Ballot floor(RecordKey key) {
        return floors.getOrDefault(key.store(), Ballot.NONE);
    }

    void note(Listed entry) {
        if (entry instanceof Listed.Register register) {
            registers.put(register.key(), register);
        } else if (entry instanceof Listed.Value value) {
            values.put(value.key(), value.value().timestamp());
        } else if (entry instanceof Listed.Floor floor) {
            floors.put(floor.store(), floor.floor());
        } else if (entry instanceof Listed.Store store) {
            stores.add(store.spec());
        }
    }
}
