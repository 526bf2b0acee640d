package io.coterie.replication.internal.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads refusals in tests. */
public final class Refusals {
    private Refusals() {}

    /** The kind of a failure, which must be there. */
    public static RefusalKind kindOf(@Nullable Throwable failure) {
        return RefusalKind.of(Objects.requireNonNull(failure, "nothing failed"));
    }
}
