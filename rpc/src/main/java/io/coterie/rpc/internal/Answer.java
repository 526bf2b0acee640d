package io.coterie.rpc.internal;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Clock;
import io.coterie.rpc.NodeId;
import java.nio.BufferOverflowException;
import org.jspecify.annotations.Nullable;

/** The one answer to one request. It is sent only while the caller still waits. */
final class Answer<R> implements Answering<R> {
    private final Clock clock;
    private final Outlet outlet;
    private final NodeId caller;
    private final long correlation;
    private final long deadline;
    private final @Nullable Served<?, R> served;
    private boolean answered;

    /** @param served the method, or null where there is none of that number */
    Answer(Clock clock, Outlet outlet, NodeId caller, long correlation, long deadline, @Nullable Served<?, R> served) {
        this.clock = clock;
        this.outlet = outlet;
        this.caller = caller;
        this.correlation = correlation;
        this.deadline = deadline;
        this.served = served;
    }

    @Override
    public void reply(R response) {
        if (served == null || !first()) {
            return;
        }
        ByteWriter out = outlet.begin(Message.REPLY, correlation, served.methodId(), 0);
        try {
            served.method().response().encode(response, out);
        } catch (BufferOverflowException e) {
            write(Failure.of(
                    Failure.REPLY_TOO_LARGE,
                    "the answer takes more than " + outlet.maxPayloadBytes()
                            + " bytes; ask for less at once, or raise maxPayloadBytes on all nodes"));
            return;
        } catch (RuntimeException e) {
            write(Failure.ofHandler(e));
            return;
        }
        outlet.send(caller);
    }

    @Override
    public void send(Failure failure) {
        if (first()) {
            write(failure);
        }
    }

    private boolean first() {
        boolean first = !answered;
        answered = true;
        return first && clock.nanos() - deadline < 0;
    }

    private void write(Failure failure) {
        failure.writeTo(outlet.begin(Message.FAILURE, correlation, served == null ? 0 : served.methodId(), 0));
        outlet.send(caller);
    }
}
