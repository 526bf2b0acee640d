package io.coterie.rpc.internal.nio.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.internal.nio.LogText;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.handshake.Hello;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UnauthenticatedPeerLogTest {
    /** Keeps its timers until the test runs them. */
    private static final class Later implements Scheduler {
        final List<Runnable> timers = new ArrayList<>();

        @Override
        public boolean execute(Runnable task) {
            throw new AssertionError("nothing to hand over");
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            assertEquals(TimeUnit.MINUTES.toNanos(1), delayNanos);
            timers.add(task);
            return () -> timers.remove(task);
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }

    private final Later loop = new Later();
    private final UnauthenticatedPeerLog peerLog = new UnauthenticatedPeerLog(NodeId.of("b"), loop, new LogOnce());

    @Test
    void eachFaultOfAMachineIsReportedOnceUntilItIsSettled() {
        assertTrue(peerLog.isDue("h", "x"));
        assertFalse(peerLog.isDue("h", "x"));
        assertTrue(peerLog.isDue("h", "y"));
        assertTrue(peerLog.isDue("i", "x"));

        peerLog.settle("h", "x");

        assertTrue(peerLog.isDue("h", "x"));
        assertFalse(peerLog.isDue("h", "y"));
    }

    @Test
    void pastTheMostOfAMinuteTheyAreCountedAndTheCountIsReported() {
        try (LogText log = new LogText()) {
            for (int i = 0; i < UnauthenticatedPeerLog.MAX_PER_MINUTE + 7; i++) {
                assertEquals(i < UnauthenticatedPeerLog.MAX_PER_MINUTE, peerLog.isDue("h" + i, "x"));
            }
            assertEquals(1, loop.timers.size());
            assertEquals(0, log.count("left out"));

            loop.timers.remove(0).run();

            assertEquals(1, log.count("b: 7 more warnings"), log::toString);
            assertTrue(peerLog.isDue("another", "x"));

            loop.timers.remove(0).run();

            assertEquals(1, log.count("left out"), log::toString);
        }
    }

    @Test
    void madeUpNamesOfAnotherClusterFromOneMachineAreReportedOnce() throws IOException {
        try (LogText log = new LogText();
                TcpNode b = TcpNode.listening("b")) {
            for (int i = 0; i < 20; i++) {
                Hello hello = Intruder.helloOf("other", "made-up-" + i);
                try (Intruder intruder = new Intruder(b.address())) {
                    assertEquals(Frame.REFUSAL, intruder.send(hello).hear()[0]);
                    intruder.awaitEnd();
                }
            }
            // What is logged by the loop is there when the loop has done something after it.
            b.inLoop(() -> true);
            assertEquals(1, log.count("b refused 'made-up-"), log::toString);
        }
    }

    @Test
    void madeUpNamesThatSendGarbageFromOneMachineAreReportedOnce() throws IOException {
        try (LogText log = new LogText();
                TcpNode b = TcpNode.listening("b")) {
            for (int i = 0; i < 20; i++) {
                try (Intruder intruder = new Intruder(b.address())) {
                    intruder.send(Intruder.hello("made-up-" + i, "b", 7)).hear();
                    intruder.send(new byte[] {-1, -1, -1, -1}).awaitEnd();
                }
            }
            b.inLoop(() -> true);
            assertEquals(1, log.count("b closed the connection with made-up-"), log::toString);
        }
    }
}
