package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys by which this node knows its peers, which are the nodes that it dials. A key comes from
 * the configuration, or it is the one that the peer shows when this node dials it for the first
 * time at its configured address. It is never the key of a node that dials in, or that is found at
 * another address, which may be any node that knows the secret. A key that its owner stores is
 * remembered in a file; no other is accepted from then on, until its line there is deleted. A key
 * that its owner draws at each start is trusted anew whenever this node has dialed that owner. The
 * key of a peer that this node no longer dials is forgotten.
 *
 * <p>A node without a key of its own checks only the keys of the configuration.
 */
public final class KnownKeys implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KnownKeys.class);

    private final NodeId self;
    private final PeerNames names;
    private final Map<NodeId, String> configured;
    private final @Nullable NodeKey own;
    private final EventLoop loop;
    private final Map<NodeId, Known> known = new HashMap<>();
    private final @Nullable KnownNodesFile file;
    private final ThreadPoolExecutor thread;

    /**
     * The last logged reason why the file could not be read; used by the thread below. It keeps the
     * log short: others can cause many reads.
     */
    private @Nullable String unread;

    private record Known(String fingerprint, boolean kept) {}

    public KnownKeys(TcpSettings settings, PeerNames names, EventLoop loop) {
        this.self = settings.self();
        this.names = names;
        this.configured = settings.security().nodeKeys();
        this.own = settings.key();
        this.loop = loop;
        KeyFiles files = own == null ? null : own.files();
        this.file = files == null ? null : new KnownNodesFile(files);
        if (own != null) {
            own.known().forEach((peer, fingerprint) -> known.put(peer, new Known(fingerprint, true)));
        }
        this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, "coterie-" + self + "-keys");
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /** The key that this node shows, or null. */
    @Nullable
    public NodeKey own() {
        return own;
    }

    /** Whether a node of that name must prove it by a key. */
    boolean concerns(NodeId peer) {
        return configured.containsKey(peer) || (own != null && names.needsKey(peer));
    }

    /** Why the key of a dialer does not prove the peer's name, from its view; or null. */
    @Nullable
    public Refusal judgeDialer(NodeId peer, KeyedProof proof) {
        if (!concerns(peer)) {
            return null;
        }
        ShownKey shown = proof.shown();
        if (shown == null) {
            return new Refusal(
                    Refusal.OTHER_KEY,
                    "it accepts the name '" + peer + "' only with a key, but this node has shown none");
        }
        String right = fingerprintOf(peer);
        if (!shown.fingerprint().equals(right)) {
            if (right == null || isOfOneStart(peer)) {
                return new Refusal(
                        Refusal.KEY_NOT_KNOWN, "it accepts this node's key once it has dialed this node itself");
            }
            lookAgain(peer);
            return new Refusal(
                    Refusal.OTHER_KEY,
                    "it knows '" + peer + "' by the key " + right + ", but this node has shown " + shown);
        }
        return proof.isSigned() ? null : new Refusal(Refusal.OTHER_KEY, "this node has not signed the key it shows");
    }

    /**
     * Why the key of a node that was dialed does not prove the peer's name, from this node's view;
     * or null.
     */
    @Nullable
    public Refusal judgeDialed(NodeId peer, KeyedProof proof) {
        if (!concerns(peer)) {
            return null;
        }
        ShownKey shown = proof.shown();
        if (shown == null) {
            return new Refusal(
                    Refusal.OTHER_KEY,
                    "it has shown no key, but this node accepts the name '" + peer + "' only with one");
        }
        String right = fingerprintOf(peer);
        if (right != null && !shown.fingerprint().equals(right) && !isOfOneStart(peer)) {
            lookAgain(peer);
            String who = configured.containsKey(peer) ? "security(...) has" : "this node knows";
            return new Refusal(
                    Refusal.OTHER_KEY, who + " '" + peer + "' with the key " + right + ", but it has shown " + shown);
        }
        return proof.isSigned() ? null : new Refusal(Refusal.OTHER_KEY, "it has not signed the key that it shows");
    }

    /**
     * Why a node that was found at an address cannot use the peer's name yet, from this node's view;
     * or null. Whoever answers there may show any key, so nothing is learned from it.
     */
    @Nullable
    public Refusal judgeFound(NodeId peer, KeyedProof proof) {
        Refusal objection = judgeDialed(peer, proof);
        ShownKey shown = proof.shown();
        if (objection == null && names.isDialed(peer) && concerns(peer) && shown != null) {
            String right = fingerprintOf(peer);
            if (!shown.fingerprint().equals(right)) {
                return new Refusal(
                        Refusal.KEY_NOT_KNOWN,
                        "this node accepts the key of '" + peer + "' once it has dialed it at its own address");
            }
        }
        return objection;
    }

    /** Learns the key of a peer that this node dialed, and that has proven to own the key. */
    public void learn(NodeId peer, ShownKey shown) {
        Known now = new Known(shown.fingerprint(), shown.kept());
        if (own == null || configured.containsKey(peer) || now.equals(known.put(peer, now))) {
            return;
        }
        log.info("{} knows {} by the key {} from now on: it showed that key when it was dialed", self, peer, shown);
        KnownNodesFile lasting = file;
        if (shown.kept() && lasting != null) {
            run(() -> remember(lasting, peer, now.fingerprint()));
        }
    }

    /** Forgets the key of a node that is no longer a peer: whoever gets its name may have another. */
    public void forget(NodeId peer) {
        Known before = known.remove(peer);
        KnownNodesFile lasting = file;
        if (before != null && before.kept() && lasting != null) {
            run(() -> remove(lasting, peer));
        }
    }

    @Override
    public void close() {
        // A write in progress continues. If the process ends before, the key is trusted anew after
        // the next start.
        thread.shutdown();
    }

    private @Nullable String fingerprintOf(NodeId peer) {
        String right = configured.get(peer);
        Known found = known.get(peer);
        return right != null ? right : found == null ? null : found.fingerprint();
    }

    private boolean isOfOneStart(NodeId peer) {
        Known found = known.get(peer);
        return !configured.containsKey(peer) && found != null && !found.kept();
    }

    private void remember(KnownNodesFile lasting, NodeId peer, String fingerprint) {
        try {
            lasting.put(peer, fingerprint);
        } catch (IOException | IllegalStateException e) {
            log.warn(
                    "{} cannot write the key of {} to {}, and will accept the key that it is shown after its next start: {}."
                            + " Check the disk, its free space and its permissions",
                    self,
                    peer,
                    lasting,
                    e.toString());
        }
    }

    private void remove(KnownNodesFile lasting, NodeId peer) {
        try {
            lasting.remove(peer);
        } catch (IOException | IllegalStateException e) {
            log.warn(
                    "{} cannot remove the line of {}, which is no longer a peer, from {}: {}. Delete the line before another"
                            + " node gets that name",
                    self,
                    peer,
                    lasting,
                    e.toString());
        }
    }

    /**
     * Reads the file again: an operator may have deleted the line, so that another key is accepted.
     */
    private void lookAgain(NodeId peer) {
        KnownNodesFile lasting = file;
        Known before = known.get(peer);
        if (lasting == null
                || before == null
                || configured.containsKey(peer)
                || !thread.getQueue().isEmpty()) {
            return;
        }
        run(() -> {
            String found = read(lasting, peer, before.fingerprint());
            loop.execute(() -> {
                if (before.equals(known.get(peer)) && !before.fingerprint().equals(found)) {
                    log.info(
                            "{} no longer knows {} by the key {}: {} has another, or none",
                            self,
                            peer,
                            before.fingerprint(),
                            lasting);
                    known.compute(peer, (name, old) -> found == null ? null : new Known(found, true));
                }
            });
        });
    }

    private @Nullable String read(KnownNodesFile lasting, NodeId peer, String before) {
        try {
            String found = lasting.read().get(peer);
            unread = null;
            return found;
        } catch (IOException | IllegalStateException e) {
            String problem = e.toString();
            if (!problem.equals(unread)) {
                log.warn("{} cannot read {}, and keeps the keys that it knew before: {}", self, lasting, problem);
            }
            unread = problem;
            return before;
        }
    }

    private void run(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile. The key is trusted anew after the next start.
            return;
        }
    }
}
