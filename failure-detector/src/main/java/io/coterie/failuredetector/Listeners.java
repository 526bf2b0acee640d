package io.coterie.failuredetector;

import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Those that a detector reports to. Only to be used on the loop. */
final class Listeners {
    private final List<Deliveries<Change>> ofPeers = new ArrayList<>();
    private final List<OfPauses> ofPauses = new ArrayList<>();

    private record OfPauses(Duration atLeast, Deliveries<OwnPause> deliveries) {}

    private record Change(NodeId peer, PeerState before, PeerState now) {
        /** One change in place of two of the same peer; perhaps one that changes nothing. */
        @Nullable
        Change with(Change next) {
            return peer.equals(next.peer) ? new Change(peer, before, next.now) : null;
        }

        void bringTo(PeerStateListener listener) {
            if (before != now) {
                listener.onChange(peer, before, now);
            }
        }
    }

    void add(PeerStateListener listener, Executor executor, Collection<WatchedPeer> present) {
        Deliveries<Change> deliveries =
                new Deliveries<>(listener, change -> change.bringTo(listener), executor, Change::with);
        ofPeers.add(deliveries);
        for (WatchedPeer peer : present) {
            if (peer.state() != PeerState.UNKNOWN) {
                deliveries.add(new Change(peer.id(), PeerState.UNKNOWN, peer.state()));
            }
        }
    }

    void add(PauseListener listener, Duration atLeast, Executor executor) {
        Deliveries<OwnPause> deliveries = new Deliveries<>(
                listener,
                listener::onPause,
                executor,
                (first, next) -> new OwnPause(first.length().plus(next.length()), next.sign()));
        ofPauses.add(new OfPauses(atLeast, deliveries));
    }

    void changed(NodeId peer, PeerState before, PeerState now) {
        Change change = new Change(peer, before, now);
        ofPeers.forEach(listener -> listener.add(change));
    }

    void paused(OwnPause pause) {
        for (OfPauses listener : ofPauses) {
            if (pause.length().compareTo(listener.atLeast) >= 0) {
                listener.deliveries.add(pause);
            }
        }
    }
}
