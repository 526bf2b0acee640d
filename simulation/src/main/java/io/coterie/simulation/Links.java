package io.coterie.simulation;

import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The links between the nodes, each in one direction: which are cut, how fast they are, and their
 * faults.
 */
final class Links {
    private final Trace trace;
    private final List<BitSet> cutFrom = new ArrayList<>();
    private final LinkRates rates = new LinkRates();
    private final Map<Long, NetworkFaults> ownFaults = new HashMap<>();
    private NetworkFaults faults = NetworkFaults.none();

    Links(Trace trace) {
        this.trace = trace;
    }

    void cut(NodeRef from, NodeRef to) {
        while (cutFrom.size() <= from.index()) {
            cutFrom.add(new BitSet());
        }
        cutFrom.get(from.index()).set(to.index());
        trace.record(Trace.Kind.CUT, from, to, 0);
    }

    void heal(NodeRef from, NodeRef to) {
        if (from.index() < cutFrom.size()) {
            cutFrom.get(from.index()).clear(to.index());
        }
        trace.record(Trace.Kind.HEAL, from, to, 0);
    }

    void healAll() {
        cutFrom.forEach(BitSet::clear);
        trace.record(Trace.Kind.HEAL, null, 0);
    }

    boolean isCut(NodeRef from, NodeRef to) {
        return from.index() < cutFrom.size() && cutFrom.get(from.index()).get(to.index());
    }

    void rate(long bytesPerSecond) {
        rates.set(bytesPerSecond);
    }

    void rate(NodeRef from, NodeRef to, long bytesPerSecond) {
        rates.set(key(from, to), bytesPerSecond);
    }

    /** A message is sent now. Returns how many nanoseconds pass until its last byte has left. */
    long leave(NodeRef from, NodeRef to, int bytes, long now) {
        return rates.leave(key(from, to), bytes, now);
    }

    /** As {@link #leave}, but only the message that is leaving now goes before it. */
    long leaveFirst(NodeRef from, NodeRef to, int bytes, long now) {
        return rates.leaveFirst(key(from, to), bytes, now);
    }

    /** The faults of links that have none of their own. */
    NetworkFaults faults() {
        return faults;
    }

    void faults(NetworkFaults newFaults) {
        this.faults = newFaults;
    }

    void faults(NodeRef from, NodeRef to, NetworkFaults newFaults) {
        ownFaults.put(key(from, to), newFaults);
    }

    void clearOwnFaults() {
        ownFaults.clear();
    }

    NetworkFaults faultsOf(NodeRef from, NodeRef to) {
        return ownFaults.isEmpty() ? faults : ownFaults.getOrDefault(key(from, to), faults);
    }

    private static long key(NodeRef from, NodeRef to) {
        return ((long) from.index() << 32) | to.index();
    }
}
