package io.coterie.rpc.internal.client;

import io.coterie.rpc.RpcException;
import io.coterie.rpc.Scheduler;
import io.coterie.rpc.internal.events.CallEvent;
import io.coterie.rpc.internal.wire.Message;
import org.jspecify.annotations.Nullable;

/** What a call keeps from attempt to attempt. */
final class RetryState {
    /** So many sessions may be given to one call before it is given up: one is the rule. */
    static final int MAX_SESSIONS = 3;

    int failures;

    @Nullable
    RpcException maybeExecuted;

    Scheduler.@Nullable Timer pause;

    /** The call's number in its caller's session, or 0 where it may be executed twice without harm, or needs another. */
    long sequence;

    int sessionsGiven;

    /** Where a recording asks for calls. */
    @Nullable
    CallEvent event;

    private long session = Message.NO_SESSION;

    /**
     * Whether the call may be sent under that session. All attempts that can be executed must be of one session, as only that
     * knows which of its calls have run: an attempt under another may have run there, or its copy may.
     */
    boolean mayGoUnder(long next) {
        return next == Message.NO_SESSION || session == Message.NO_SESSION || next == session;
    }

    /** What went under the number has not been executed and will not be: the next attempt draws another. */
    void unnumber() {
        sequence = 0;
        session = Message.NO_SESSION;
        sessionsGiven = 0;
    }

    /** Whether nothing went under a session yet, so that nothing can have been executed. */
    boolean wentNowhere() {
        return session == Message.NO_SESSION;
    }

    /** The call was sent under that session, and not certainly lost. */
    void wentUnder(long sent) {
        if (sent != Message.NO_SESSION) {
            session = sent;
        }
    }
}
