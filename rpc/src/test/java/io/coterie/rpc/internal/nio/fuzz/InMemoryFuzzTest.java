package io.coterie.rpc.internal.nio.fuzz;

import io.coterie.rpc.internal.nio.connection.FrameReading;
import io.coterie.rpc.internal.nio.handshake.HandshakeReading;
import org.junit.jupiter.api.Test;

/**
 * As {@link FuzzTest}, for what reads bytes of unauthenticated peers, without sockets: many more
 * inputs in the same time.
 */
class InMemoryFuzzTest {
    private static final long HANDSHAKES = Campaign.INPUTS / 4;
    private static final long FRAMES = Campaign.INPUTS / 4;
    private static final long MESSAGES = Campaign.INPUTS - HANDSHAKES - FRAMES;

    @Test
    void partsOfTheHandshake() {
        System.out.println(campaign("partsOfTheHandshake").run(HANDSHAKES, new HandshakeReading()));
    }

    @Test
    void frames() {
        System.out.println(campaign("frames").run(FRAMES, new FrameReading()));
    }

    @Test
    void messages() {
        try (DispatchBatch batch = new DispatchBatch()) {
            System.out.println(campaign("messages").run(MESSAGES, batch));
        }
    }

    private static Campaign campaign(String test) {
        return new Campaign("InMemoryFuzzTest#" + test);
    }
}
