package io.coterie.simulation;

import io.coterie.rpc.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The network between the nodes: what it does to messages, and which links are cut. All of it may be changed at any time.
 *
 * <p>A message is lost if its link is cut when it is sent or when it would arrive. Messages outlive the process that sent
 * them, and one that was sent to a process may reach the next one of the same node. A node's messages to itself always
 * arrive, at once.
 */
public final class SimNetwork {
    /** The rate of a link on which bytes take no time. */
    public static final long NO_LIMIT = Long.MAX_VALUE;

    static final int MAX_MESSAGE_BYTES = 64 << 20;

    private final Simulation simulation;
    private final SimRandom random;
    private final List<BitSet> cutFrom = new ArrayList<>();
    private final Map<Long, NetworkFaults> linkFaults = new HashMap<>();
    private final LinkRates rates = new LinkRates();
    private final CRC32C crc = new CRC32C();
    private NetworkFaults faults = NetworkFaults.none();
    private boolean signalsConnections;
    private boolean tellsOfLoss;
    private long sent;
    private long sentBytes;

    SimNetwork(Simulation simulation) {
        this.simulation = simulation;
        this.random = simulation.random("network");
    }

    /** What the network does to messages where a link has no faults of its own. */
    public NetworkFaults faults() {
        return faults;
    }

    /** Sets what the network does to messages where a link has no faults of its own. */
    public void faults(NetworkFaults newFaults) {
        this.faults = newFaults;
    }

    /** Sets what one link does to messages, in this direction. */
    public void faults(SimNode from, SimNode to, NetworkFaults newFaults) {
        linkFaults.put(link(from, to), newFaults);
    }

    /** Takes away all faults of single links. */
    public void clearLinkFaults() {
        linkFaults.clear();
    }

    /**
     * Sets how much a link carries where it has no rate of its own, in each direction.
     *
     * @param bytesPerSecond 1 or more; {@link #NO_LIMIT}, the default, lets bytes take no time
     * @see #rate(SimNode, SimNode, long)
     */
    public void rate(long bytesPerSecond) {
        rates.set(bytesPerSecond);
    }

    /**
     * Sets how much one link carries, in this direction. Its messages leave one after the other: each waits for those before
     * it, and takes its size divided by the rate. The time on the way comes on top. What was sent before keeps its time.
     *
     * @param bytesPerSecond 1 or more; {@link #NO_LIMIT}, the default, lets bytes take no time
     */
    public void rate(SimNode from, SimNode to, long bytesPerSecond) {
        rates.set(link(from, to), bytesPerSecond);
    }

    /**
     * Whether the nodes' transports say that they {@linkplain io.coterie.rpc.Transport#tellsOfLoss() tell of loss}, as TCP does.
     * Off by default; only true of a network that {@linkplain #signalsConnections(boolean) signals connections}, loses no
     * message and cuts no link. To be set before the first node starts.
     */
    public void tellsOfLoss(boolean newTells) {
        this.tellsOfLoss = newTells;
    }

    /** See {@link #tellsOfLoss(boolean)}. */
    public boolean tellsOfLoss() {
        return tellsOfLoss;
    }

    /**
     * Whether receivers are told of connections, as TCP does: {@code onConnected} before the first message, {@code
     * onDisconnected} some time after the peer's process has ended (but after a power loss only half of the time), and
     * messages to a peer that is not connected are refused while it is down or cut off. Off by default, and best left to
     * chance in tests.
     */
    public void signalsConnections(boolean newSignals) {
        this.signalsConnections = newSignals;
    }

    /** See {@link #signalsConnections(boolean)}. */
    public boolean signalsConnections() {
        return signalsConnections;
    }

    /**
     * Breaks the connection of two nodes, of which both hear at once: what they sent before still arrives, and they may connect
     * again. Does nothing where connections are not {@linkplain #signalsConnections(boolean) signalled}.
     */
    public void reset(SimNode one, SimNode other) {
        tellReset(one, other);
        tellReset(other, one);
    }

    private static void tellReset(SimNode peer, SimNode node) {
        SimStart told = node.current();
        if (told != null && told.simTransport().isConnected(peer)) {
            told.handOver(0, Trace.Kind.TASK, () -> told.simTransport().disconnected(peer, "connection reset"));
        }
    }

    /** Cuts a link in one direction. */
    public void cut(SimNode from, SimNode to) {
        while (cutFrom.size() <= from.index()) {
            cutFrom.add(new BitSet());
        }
        cutFrom.get(from.index()).set(to.index());
        simulation.trace().record(Trace.Kind.CUT, from, to, 0);
    }

    /** Cuts the links between two nodes in both directions. */
    public void cutBoth(SimNode one, SimNode other) {
        cut(one, other);
        cut(other, one);
    }

    /** Mends a link in one direction. */
    public void mend(SimNode from, SimNode to) {
        if (from.index() < cutFrom.size()) {
            cutFrom.get(from.index()).clear(to.index());
        }
        simulation.trace().record(Trace.Kind.MEND, from, to, 0);
    }

    /** Cuts all links of a node, in both directions. */
    public void isolate(SimNode node) {
        for (SimNode other : simulation.nodes()) {
            if (other != node) {
                cutBoth(node, other);
            }
        }
    }

    /** Cuts all links between nodes of different groups. Nodes that are in no group keep all their links. */
    @SafeVarargs
    public final void partition(Collection<SimNode>... groups) {
        for (int i = 0; i < groups.length; i++) {
            for (int j = 0; j < groups.length; j++) {
                if (i != j) {
                    Collection<SimNode> others = groups[j];
                    groups[i].forEach(from -> others.forEach(to -> cut(from, to)));
                }
            }
        }
    }

    /** Mends all links. Their faults stay as they are. */
    public void heal() {
        cutFrom.forEach(BitSet::clear);
        simulation.trace().record(Trace.Kind.MEND, null, 0);
    }

    /** Whether a link is cut, in this direction. */
    public boolean isCut(SimNode from, SimNode to) {
        return from.index() < cutFrom.size() && cutFrom.get(from.index()).get(to.index());
    }

    /** How many messages nodes have sent so far, those to themselves included. */
    public long sent() {
        return sent;
    }

    /** How many bytes these messages had, without what a real network adds to them. */
    public long sentBytes() {
        return sentBytes;
    }

    boolean send(SimStart sender, NodeId toId, ByteBuffer message) {
        SimNode from = sender.node();
        SimNode to = simulation.find(toId);
        if (to == null || message.remaining() > MAX_MESSAGE_BYTES) {
            return false;
        }
        boolean reachable = to.isUp() && !isCut(from, to) && !isCut(to, from);
        if (signalsConnections && from != to) {
            if (!reachable && !sender.simTransport().isConnected(to)) {
                return false;
            }
            if (!sender.simTransport().isConnected(to)) {
                sender.handOver(0, Trace.Kind.TASK, () -> sender.simTransport().heardOf(to));
            }
        }
        sent++;
        sentBytes += message.remaining();
        byte[] bytes = new byte[message.remaining()];
        message.get(message.position(), bytes);
        carry(from, to, bytes);
        return true;
    }

    /** Tells those who were connected to the ended process, after a while, as the network would. */
    void processEnded(SimNode node, SimStart ended, Trace.Kind how) {
        boolean silent = how == Trace.Kind.CRASH && random.chance(0.5);
        if (!signalsConnections || silent) {
            return;
        }
        for (SimNode peer : simulation.nodes()) {
            SimStart other = peer.current();
            if (other != null && other.simTransport().isConnected(node) && !isCut(node, peer)) {
                other.handOver(
                        faultsOf(node, peer).drawDelayNanos(random),
                        Trace.Kind.TASK,
                        () -> other.simTransport().disconnected(node, "the process of " + ended + " has ended"));
            }
        }
    }

    private void carry(SimNode from, SimNode to, byte[] bytes) {
        crc.reset();
        crc.update(bytes);
        long checksum = ((long) bytes.length << 32) | crc.getValue();
        simulation.trace().record(Trace.Kind.SEND, from, to, checksum);
        if (from == to) {
            simulation.add(0, new Delivery(from, to, bytes, checksum));
            return;
        }
        if (isCut(from, to)) {
            simulation.trace().record(Trace.Kind.CUT_OFF, from, to, checksum);
            return;
        }
        long wait = rates.leave(link(from, to), bytes.length, simulation.nanos());
        NetworkFaults weather = faultsOf(from, to);
        if (random.chance(weather.duplication())) {
            simulation.trace().record(Trace.Kind.DUPLICATE, from, to, checksum);
            carryCopy(weather, wait, from, to, bytes.clone(), checksum);
        }
        carryCopy(weather, wait, from, to, bytes, checksum);
    }

    private void carryCopy(NetworkFaults weather, long wait, SimNode from, SimNode to, byte[] bytes, long checksum) {
        boolean lost = random.chance(weather.loss());
        long delay = weather.drawDelayNanos(random);
        if (lost) {
            simulation.trace().record(Trace.Kind.LOSE, from, to, checksum);
        } else {
            simulation.add(wait + delay, new Delivery(from, to, bytes, checksum));
        }
    }

    private NetworkFaults faultsOf(SimNode from, SimNode to) {
        return linkFaults.isEmpty() ? faults : linkFaults.getOrDefault(link(from, to), faults);
    }

    private static long link(SimNode from, SimNode to) {
        return ((long) from.index() << 32) | to.index();
    }
}
