package io.coterie.rpc.internal.client;

import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.events.CallEvent;
import io.coterie.rpc.internal.wire.Message;
import io.coterie.rpc.spi.Scheduler;
import org.jspecify.annotations.Nullable;

/** The state of a call that its attempts share. */
final class RetryState {
    /** How many sessions a peer may give to one call before the call fails. Usually it is one. */
    static final int MAX_SESSIONS = 3;

    int failures;

    @Nullable
    RpcException maybeExecuted;

    Scheduler.@Nullable Timer pause;

    /**
     * The call's number in its caller's session; 0 if the method is idempotent, or the call needs a
     * new number.
     */
    long sequence;

    int sessionsGiven;

    /** Null unless a flight recording wants calls. */
    @Nullable
    CallEvent event;

    private long session = Message.NO_SESSION;

    /**
     * Whether the call may be sent under that session. All attempts that can be executed must be of
     * one session, because only that session knows which of its calls have run.
     */
    boolean mayGoUnder(long next) {
        return next == Message.NO_SESSION || session == Message.NO_SESSION || next == session;
    }

    /**
     * Drops the number, as no attempt under it was or will be executed. The next attempt draws
     * another.
     */
    void unnumber() {
        sequence = 0;
        session = Message.NO_SESSION;
        sessionsGiven = 0;
    }

    /** Whether no attempt went under a session yet, so that none can have been executed. */
    boolean wentNowhere() {
        return session == Message.NO_SESSION;
    }

    /** Notes that the call was sent under that session, and may have arrived. */
    void wentUnder(long sent) {
        if (sent != Message.NO_SESSION) {
            session = sent;
        }
    }
}
