package io.coterie.simulation;

import java.util.Collection;

/**
 * The network between the nodes: its faults, its speed, and the links that are cut. All of it may
 * be changed at any time, on the thread that runs the simulation.
 *
 * <p>A link goes in one direction. A message is lost if its link is cut when it is sent or when it
 * would arrive. Messages outlive the process that sent them, and a message that was sent to a
 * process may reach the next process of the same node. A node's messages to itself always arrive,
 * at once.
 *
 * <p>By default no link is cut, every message comes once, after 0.2 ms ({@link
 * NetworkFaults#none()}), bytes take no time, and connections are not signaled.
 */
public final class SimNetwork {
    /** The rate of a link on which bytes take no time. */
    public static final long NO_LIMIT = LinkRates.NO_LIMIT;

    private final Links links;
    private final Carrier carrier;
    private final Collection<SimNode> nodes;

    SimNetwork(Links links, Carrier carrier, Collection<SimNode> nodes) {
        this.links = links;
        this.carrier = carrier;
        this.nodes = nodes;
    }

    /** The faults of links that have none of their own. */
    public NetworkFaults faults() {
        return links.faults();
    }

    /**
     * Sets the faults of links that have none of their own. Messages that were sent before keep
     * theirs.
     */
    public void faults(NetworkFaults newFaults) {
        links.faults(newFaults);
    }

    /** Gives one link faults of its own, which replace those of {@link #faults()}. */
    public void faults(SimNode from, SimNode to, NetworkFaults newFaults) {
        links.faults(from.ref(), to.ref(), newFaults);
    }

    /** Takes the own faults of all links away: they have those of {@link #faults()} again. */
    public void clearLinkFaults() {
        links.clearOwnFaults();
    }

    /**
     * Sets how much a link carries that has no rate of its own.
     *
     * @param bytesPerSecond 1 or more; {@link #NO_LIMIT}, the default, lets bytes take no time
     * @throws IllegalArgumentException if it is below 1
     * @see #rate(SimNode, SimNode, long)
     */
    public void rate(long bytesPerSecond) {
        links.rate(bytesPerSecond);
    }

    /**
     * Sets how much one link carries. Its messages leave one after the other: each waits for those
     * before it, and takes its size divided by the rate. The delay of {@link NetworkFaults} comes
     * on top. Messages that were sent before keep their time.
     *
     * @param bytesPerSecond 1 or more; {@link #NO_LIMIT}, the default, lets bytes take no time
     * @throws IllegalArgumentException if it is below 1
     */
    public void rate(SimNode from, SimNode to, long bytesPerSecond) {
        links.rate(from.ref(), to.ref(), bytesPerSecond);
    }

    /**
     * Sets whether the nodes' transports promise to {@linkplain
     * io.coterie.rpc.spi.Transport#reportsLoss() report each loss}, as TCP does. Off by default.
     * The promise is only true of a network that {@linkplain #signalsConnections(boolean) signals
     * connections}, loses no message and cuts no link. Set it before the first node starts.
     */
    public void reportsLoss(boolean newReports) {
        carrier.reportsLoss(newReports);
    }

    /** See {@link #reportsLoss(boolean)}. */
    public boolean reportsLoss() {
        return carrier.reportsLoss();
    }

    /**
     * Sets whether connections are signaled, as by TCP. Off by default; best left to chance in
     * tests.
     *
     * <p>A receiver then gets {@code onConnected} before the first message. It gets {@code
     * onDisconnected} some time after the peer's process has ended, but after a power loss only
     * half of the time. Messages to a peer that is not connected are refused while it is down or
     * cut off.
     */
    public void signalsConnections(boolean newSignals) {
        carrier.signalsConnections(newSignals);
    }

    /** See {@link #signalsConnections(boolean)}. */
    public boolean signalsConnections() {
        return carrier.signalsConnections();
    }

    /**
     * Breaks the connection of two nodes. Both notice at once, messages in flight still arrive, and
     * the nodes may connect again. Does nothing if connections are not {@linkplain
     * #signalsConnections(boolean) signaled}.
     */
    public void reset(SimNode one, SimNode other) {
        carrier.reset(other.port(), one.ref());
        carrier.reset(one.port(), other.ref());
    }

    /** Cuts a link. Messages in flight on it are lost, unless the cut ends before they arrive. */
    public void cut(SimNode from, SimNode to) {
        links.cut(from.ref(), to.ref());
    }

    /** Cuts the links between two nodes in both directions. */
    public void cutBoth(SimNode one, SimNode other) {
        cut(one, other);
        cut(other, one);
    }

    /** Ends the cut of a link. */
    public void heal(SimNode from, SimNode to) {
        links.heal(from.ref(), to.ref());
    }

    /** Cuts all links of a node, in both directions. */
    public void isolate(SimNode node) {
        for (SimNode other : nodes) {
            if (other != node) {
                cutBoth(node, other);
            }
        }
    }

    /**
     * Cuts all links between nodes of different groups. Nodes that are in no group keep all their
     * links.
     */
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

    /** Ends all cuts. Faults and rates stay as they are. */
    public void heal() {
        links.healAll();
    }

    /** Whether a link is cut, in this direction. */
    public boolean isCut(SimNode from, SimNode to) {
        return links.isCut(from.ref(), to.ref());
    }

    /** How many messages nodes have sent so far, including those to themselves. */
    public long sent() {
        return carrier.sent();
    }

    /** How many bytes these messages had, without the headers of a real network. */
    public long sentBytes() {
        return carrier.sentBytes();
    }
}
