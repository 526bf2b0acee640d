package io.coterie.replication.internal.quorum;

import java.util.ArrayList;
import java.util.List;

/**
 * The requests that are running, so that all of them can be ended at once. The ring runs through
 * the requests themselves: to begin and to leave cost a few references each, and no object.
 */
final class RunningRequests {
    private final Request ring = new Request() {
        @Override
        void end() {}

        @Override
        void votersChanged() {}
    };

    /** A request that is in the ring as long as it is running. */
    abstract static class Request {
        private Request before = this;
        private Request after = this;

        /** Nothing that a replica answers from now on counts, and nothing is sent again. */
        abstract void end();

        /** It was ended because the replicas are others now. Called once, later than that. */
        abstract void votersChanged();

        /** Is no longer running. Does nothing if it is not in the ring. */
        final void leave() {
            before.after = after;
            after.before = before;
            before = this;
            after = this;
        }
    }

    /** The request is running. Does nothing if it is in the ring. */
    void add(Request request) {
        request.leave();
        request.before = ring.before;
        request.after = ring;
        ring.before.after = request;
        ring.before = request;
    }

    /** Ends all of them; returns them in the order in which they began. */
    List<Request> endAll() {
        List<Request> all = new ArrayList<>();
        while (isAny()) {
            Request first = ring.after;
            first.leave();
            first.end();
            all.add(first);
        }
        return all;
    }

    private boolean isAny() {
        return !ring.after.equals(ring);
    }
}
