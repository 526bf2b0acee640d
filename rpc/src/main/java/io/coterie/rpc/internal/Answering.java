package io.coterie.rpc.internal;

import io.coterie.rpc.Responder;

/** A responder that can also say that the request was never executed. */
interface Answering<R> extends Responder<R> {
    /** Answers that there is no answer. */
    void send(Failure failure);

    @Override
    default void fail(Throwable error) {
        send(Failure.ofHandler(error));
    }

    /** For requests that nobody waits for. */
    static <R> Answering<R> nobody() {
        return new Answering<>() {
            @Override
            public void reply(R response) {}

            @Override
            public void send(Failure failure) {}
        };
    }
}
