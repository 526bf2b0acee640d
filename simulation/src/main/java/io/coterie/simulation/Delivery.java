package io.coterie.simulation;

import io.coterie.rpc.Transport;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A message on its way. */
final class Delivery extends NodeEvent {
    /** What a receiver finds that keeps a buffer longer than it may. */
    private static final byte GONE = (byte) 0xDB;

    private final SimNode from;
    private final byte[] message;
    private final long checksum;

    Delivery(SimNode from, SimNode to, byte[] message, long checksum) {
        super(to);
        this.from = from;
        this.message = message;
        this.checksum = checksum;
    }

    @Override
    void fire() {
        if (node.simulation().network().isCut(from, node)) {
            node.simulation().trace().record(Trace.Kind.CUT_OFF, from, node, checksum);
        } else {
            super.fire();
        }
    }

    @Override
    void happen() {
        SimStart start = node.current();
        Transport.Receiver receiver =
                start == null ? null : start.simTransport().receiver();
        Simulation simulation = node.simulation();
        if (start == null || receiver == null) {
            simulation.trace().record(Trace.Kind.NOBODY_THERE, from, node, checksum);
            return;
        }
        simulation.trace().record(Trace.Kind.DELIVER, from, node, checksum);
        simulation.runTask(node, start, () -> {
            start.simTransport().heardOf(from);
            receiver.onMessage(from.id(), ByteBuffer.wrap(message));
        });
        Arrays.fill(message, GONE);
    }
}
