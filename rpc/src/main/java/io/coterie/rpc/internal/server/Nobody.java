package io.coterie.rpc.internal.server;

import io.coterie.rpc.Responder;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.wire.Failure;

/** Takes the answers to requests that have none. */
final class Nobody implements Responder<Object> {
    private final NodeCounters counters;

    Nobody(NodeCounters counters) {
        this.counters = counters;
    }

    /** As the caller of a method whose answers are of any type. */
    @SuppressWarnings("unchecked") // It looks at no answer.
    <R> Responder<R> waiting() {
        return (Responder<R>) this;
    }

    @Override
    public void reply(Object response) {}

    @Override
    public void fail(Throwable error) {
        if (Failure.ofHandler(error).code() == Failure.HANDLER_FAILED) {
            counters.handlerFailures.add(1);
        }
    }

    @Override
    public boolean isAwaited() {
        return false;
    }
}
