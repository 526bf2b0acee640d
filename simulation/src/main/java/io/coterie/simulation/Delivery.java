package io.coterie.simulation;

import io.coterie.rpc.spi.Transport;
import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.process.NodeEvent;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The arrival of a message. */
final class Delivery extends NodeEvent {
    /** Overwrites the message, for receivers that keep a buffer longer than they may. */
    private static final byte GONE = (byte) 0xDB;

    private final Links links;
    private final NodeRef from;
    private final Carrier.Port to;
    private final byte[] message;
    private final long checksum;

    Delivery(Links links, NodeRef from, Carrier.Port to, byte[] message, long checksum) {
        super(to.queue());
        this.links = links;
        this.from = from;
        this.to = to;
        this.message = message;
        this.checksum = checksum;
    }

    @Override
    public void fire() {
        if (links.isCut(from, to.node())) {
            record(Trace.Kind.CUT_OFF);
        } else {
            super.fire();
        }
    }

    @Override
    protected void happen() {
        SimTransport transport = to.transport();
        Transport.Receiver receiver = transport == null ? null : transport.receiver();
        if (transport == null || receiver == null) {
            record(Trace.Kind.NOBODY_THERE);
            return;
        }
        record(Trace.Kind.DELIVER);
        transport.loop().run(() -> {
            transport.heardOf(from);
            receiver.onMessage(from.id(), ByteBuffer.wrap(message));
        });
        Arrays.fill(message, GONE);
    }

    private void record(Trace.Kind kind) {
        to.queue().trace().record(kind, from, to.node(), checksum);
    }
}
