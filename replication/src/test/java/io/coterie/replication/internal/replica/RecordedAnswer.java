package io.coterie.replication.internal.replica;

import io.coterie.rpc.Responder;
import org.jspecify.annotations.Nullable;

/** The last answer. */
final class RecordedAnswer<T> implements Responder<T> {
    @Nullable
    T reply;

    @Nullable
    Throwable failure;

    @Override
    public void reply(T response) {
        reply = response;
    }

    @Override
    public void fail(Throwable error) {
        failure = error;
    }

    /** This as the responder of any answer. */
    <R extends T> Responder<R> as() {
        return new Responder<>() {
            @Override
            public void reply(R response) {
                RecordedAnswer.this.reply(response);
            }

            @Override
            public void fail(Throwable error) {
                RecordedAnswer.this.fail(error);
            }
        };
    }
}
