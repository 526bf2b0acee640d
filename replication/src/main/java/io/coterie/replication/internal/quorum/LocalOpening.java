package io.coterie.replication.internal.quorum;

import io.coterie.rpc.Responder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the end of a store's introduction to the local replica: the problem, or null. */
record LocalOpening(Consumer<@Nullable String> then) implements Responder<Boolean> {
    @Override
    public void reply(Boolean response) {
        then.accept(null);
    }

    @Override
    public void fail(Throwable error) {
        then.accept(error.getMessage());
    }
}
