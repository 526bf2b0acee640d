package io.coterie.rpc.internal.nio.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.RpcMetrics;
import io.coterie.rpc.internal.nio.Measured;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node under attack, a good caller of it, and what must hold meanwhile and afterwards. */
public final class FuzzTarget implements AutoCloseable {
    static final NodeId NAME = NodeId.of("server");

    /**
     * What the loop may allocate for a frame besides its bytes: an exception with its stack trace,
     * and its texts.
     */
    private static final long HEAP_PER_FRAME = 8 << 10;

    /** What the good caller and the timers may take of the heap meanwhile. */
    private static final long HEAP_FOR_OTHERS = 4 << 20;

    /**
     * Few connections at once, each with the largest message, what waits to be written, and the
     * spare chunks.
     */
    private static final long DIRECT_BYTES = 64 << 20;

    /** What may be taken of it at once, and be garbage a moment later. */
    private static final long DIRECT_PER_BATCH = 16 << 20;

    final FuzzNode server;
    private final ErrorLog log = new ErrorLog();
    private final GoodCaller good;
    private long allocatedBefore;
    private long directBefore;

    FuzzTarget(Map<NodeId, HostPort> dials, @Nullable SharedSecret secret) {
        server = new FuzzNode(FuzzNode.settings(NAME.name(), new HostPort("127.0.0.1", 0), dials, secret));
        good = new GoodCaller(server, secret);
        allocatedBefore = server.allocated();
        directBefore = Measured.directBytes();
    }

    public HostPort address() {
        return server.address();
    }

    /** What must hold at any moment. */
    public void check(long frames, long bytes) {
        assertEquals("", log.errors());
        assertNull(good.problem());
        long allocated = server.allocated();
        long most = frames * HEAP_PER_FRAME + 8 * bytes + HEAP_FOR_OTHERS;
        assertTrue(
                allocated - allocatedBefore <= most,
                () -> "the loop allocated " + (allocated - allocatedBefore) + " bytes for " + frames + " frames of "
                        + bytes + " bytes together, more than " + most);
        allocatedBefore = allocated;
        long direct = Measured.directBytes();
        assertTrue(
                direct - directBefore <= DIRECT_PER_BATCH,
                () -> "direct memory grew from " + directBefore + " bytes to " + direct);
        checkDirectBytes();
        directBefore = Measured.directBytes();
    }

    /** Forgets errors, so that what made them can be looked for. */
    void clearErrors() {
        log.clear();
        allocatedBefore = server.allocated();
        directBefore = Measured.directBytes();
    }

    /** What must hold when the attack is over. */
    void checkAfterwards() {
        Await.until("the end of the attackers' connections", () -> server.connections() == 1);
        long before = good.answers();
        Await.until("one more answer", () -> good.answers() > before || good.problem() != null);
        checkDirectBytes();
        assertNull(good.problem());
        assertEquals("", log.errors());
    }

    String report() {
        RpcMetrics seen = server.node.metrics();
        return good.answers() + " right answers to the good caller, " + seen.requests() + " requests taken, "
                + seen.repeated() + " of them again, " + seen.handlerFailures() + " handlers failed, "
                + seen.answered() + " of " + seen.calls() + " calls answered, " + server.met.size()
                + " names taken, " + (Measured.directBytes() >> 10) + " KiB of direct memory";
    }

    @Override
    public void close() {
        try (log) {
            good.close();
            server.close();
            assertEquals("", log.errors());
        }
    }

    private static void checkDirectBytes() {
        if (Measured.directBytes() > DIRECT_BYTES) {
            // Buffers of closed connections are held until the collector has seen them.
            Await.until("direct memory of at most " + DIRECT_BYTES + " bytes", () -> {
                System.gc();
                return Measured.directBytes() <= DIRECT_BYTES;
            });
        }
    }
}
