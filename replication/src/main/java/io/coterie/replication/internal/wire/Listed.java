package io.coterie.replication.internal.wire;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** One entry of the list of all that a replica has. Immutable. */
public sealed interface Listed {
    /** The order of a list, which is the same at all replicas. */
    Comparator<Listed> ORDER = Comparator.comparing(Listed::kind)
            .thenComparingLong(Listed::place)
            .thenComparing(Listed::key, Comparator.nullsFirst(ListOrder.KEYS));

    ListKind kind();

    /** Its place among entries of its kind: of a key see {@link ListOrder}, else the store. */
    long place();

    /** Its key; null if it is for a store. */
    @Nullable
    default RecordKey key() {
        return null;
    }

    /** A store that is recorded. */
    record Store(StoreSpec spec) implements Listed {
        @Override
        public ListKind kind() {
            return ListKind.STORES;
        }

        @Override
        public long place() {
            return spec.id();
        }
    }

    /**
     * What a replica has of a register.
     *
     * @param accepted none if there is only a promise
     * @param state what was accepted; null if nothing was, or if states are left out
     */
    record Register(RecordKey key, Ballot promised, Ballot accepted, byte @Nullable [] state) implements Listed {
        @Override
        public ListKind kind() {
            return ListKind.REGISTERS;
        }

        @Override
        public long place() {
            return ListOrder.place(key);
        }
    }

    /**
     * What a replica has of an eventual store.
     *
     * @param value without its bytes if values are left out
     */
    record Value(RecordKey key, VersionedValue value) implements Listed {
        @Override
        public ListKind kind() {
            return ListKind.VALUES;
        }

        @Override
        public long place() {
            return ListOrder.place(key);
        }
    }

    /** The promise of the absent keys of a store. */
    record Floor(long store, Ballot floor) implements Listed {
        @Override
        public ListKind kind() {
            return ListKind.FLOORS;
        }

        @Override
        public long place() {
            return store;
        }
    }
}
