package io.coterie.rpc.internal.nio.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.internal.nio.LogText;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.ByHand;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.handshake.Welcome;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who dials under the name, and with the start id, of a node that is connected. */
class RivalsTest {
    private static final long START = 7;

    private final List<TcpNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(TcpNode::close);
    }

    @Test
    void anImpostorWithTheStartIdOfANodeThatDialedDoesNotCostItItsConnection() throws IOException {
        TcpNode b = secured("b", null);
        TcpNode a = secured("a", b);
        theyConnect(a, b);

        Refusal refusal = impersonate(a, b);

        assertEquals(Refusal.NAME_TAKEN, refusal.code());
        assertTrue(refusal.text().startsWith("another node named 'a' is alive, at "), refusal.text());
        theFirstContinues(a, b);
    }

    @Test
    void anImpostorWithTheStartIdOfANodeThatWasDialedDoesNotCostItItsConnection() throws IOException {
        TcpNode a = secured("a", null);
        TcpNode z = secured("z", a);
        theyConnect(a, z);

        assertEquals(Refusal.ALREADY_CONNECTED, impersonate(a, z).code());

        theFirstContinues(a, z);
    }

    /** Any node that was ever connected to one knows its start id. */
    private static Refusal impersonate(TcpNode node, TcpNode to) throws IOException {
        long startId;
        try (Intruder client = new Intruder(node.address())) {
            ByteBuffer welcome = ByteBuffer.wrap(introduce(client, ByHand.hello("client", name(node))));
            assertEquals(Frame.WELCOME, welcome.get());
            startId = Welcome.read(welcome).startId();
        }
        try (Intruder impostor = new Intruder(to.address())) {
            ByteBuffer answer =
                    ByteBuffer.wrap(introduce(impostor, ByHand.hello(name(node), name(to), "test", startId)));
            assertEquals(Frame.REFUSAL, answer.get());
            return Refusal.read(answer);
        }
    }

    private static byte[] introduce(Intruder intruder, byte[] hello) throws IOException {
        byte[] challenge = intruder.sendBodies(hello).hear();
        byte[] proof = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof();
        return intruder.sendBodies(proof).hear();
    }

    private static void theyConnect(TcpNode a, TcpNode other) {
        Await.until("connection", () -> a.connectedTo(name(other)) && other.connectedTo("a"));
        assertTrue(a.send(name(other), 1));
    }

    private static void theFirstContinues(TcpNode a, TcpNode other) {
        assertTrue(a.send(name(other), 2));
        assertTrue(other.send("a", 3));
        Await.until("message", () -> other.received.equals(List.of(1, 2)));
        Await.until("answer", () -> a.received.equals(List.of(3)));
        assertEquals(List.of("+a"), other.events);
        assertTrue(a.events.contains("+" + name(other)) && !a.events.contains("-" + name(other)), a.events::toString);
    }

    @Test
    void aNodeThatDialsAgainIsTakenAsSoonAsItsMachineReportsThatTheFirstIsGone() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        try (Intruder first = new Intruder(b.address());
                Intruder again = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();
            again.send(Intruder.hello("a", "b", START));
            assertEquals(Frame.PING, first.hear()[0]);

            first.reset();

            assertEquals(Frame.WELCOME, again.hear()[0]);
            again.sendNumber(4);
            Await.until("message", () -> b.received.contains(4));
            assertEquals(List.of("+a", "-a", "+a"), b.events);
        }
    }

    @Test
    void aNodeThatDialsAgainIsTakenWhenNothingIsHeardOfTheFirst() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        try (Intruder first = new Intruder(b.address());
                Intruder again = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();

            assertEquals(
                    Frame.WELCOME, again.send(Intruder.hello("a", "b", START)).hear()[0]);

            Await.until("loss", () -> b.events.equals(List.of("+a", "-a", "+a")));
            assertEquals(
                    List.of("another connection came in under its name, and this one does not answer a ping"),
                    b.reasons);
        }
    }

    @Test
    void aFirstThatIsHeardStaysThoughItDoesNotAnswerAtOnce() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        try (Intruder first = new Intruder(b.address());
                Intruder again = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();
            again.send(Intruder.hello("a", "b", START));
            assertEquals(Frame.PING, first.hear()[0]);

            first.sendNumber(5);

            assertEquals(Frame.REFUSAL, again.hear()[0]);
            assertEquals(List.of("+a"), b.events);
        }
    }

    @Test
    void aNodeThatDialedWithoutANameAndThenByItIsNoOtherNode() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        try (Intruder first = new Intruder(b.address());
                Intruder again = new Intruder(b.address())) {
            first.send(Intruder.hello("a", null, START)).hear();
            again.send(Intruder.hello("a", "b", START));
            assertEquals(Frame.PING, first.hear()[0]);
            first.sendBodies(new byte[] {Frame.PONG});

            ByteBuffer answer = ByteBuffer.wrap(again.hear());

            assertEquals(Frame.REFUSAL, answer.get());
            assertEquals(Refusal.ALREADY_CONNECTED, Refusal.read(answer).code());
            assertEquals(List.of("+a"), b.events);
        }
    }

    @Test
    void aFirstThatAnswersAProcessThatStoodStillStays() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        CountDownLatch standsStill = new CountDownLatch(1);
        CountDownLatch continues = new CountDownLatch(1);
        try (Intruder first = new Intruder(b.address());
                Intruder again = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();
            again.send(Intruder.hello("a", "b", START));
            assertEquals(Frame.PING, first.hear()[0]);
            long pinged = System.nanoTime();
            b.loop.execute(() -> {
                standsStill.countDown();
                await(continues);
            });
            await(standsStill);

            first.sendBodies(new byte[] {Frame.PONG});
            Await.until("a late look", () -> System.nanoTime() - pinged > Rivals.SILENCE_NANOS + Rivals.LATE_NANOS);
            continues.countDown();

            assertEquals(Frame.REFUSAL, again.hear()[0]);
            assertEquals(List.of("+a"), b.events);
        } finally {
            continues.countDown();
        }
    }

    @Test
    void aLaterStartIsTakenWhenTheFirstDoesNotAnswerAPing() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        try (Intruder first = new Intruder(b.address());
                Intruder later = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();
            awaitAge();
            long dialed = System.nanoTime();
            later.send(Intruder.helloAt("a", "b", START + 1, 20));

            assertEquals(Frame.WELCOME, later.hear()[0]);

            // The keepalive of this node ends after minutes.
            Duration taken = Duration.ofNanos(System.nanoTime() - dialed);
            assertTrue(taken.compareTo(Duration.ofMinutes(1)) < 0, taken::toString);
            assertEquals(Frame.PING, first.hear()[0]);
            later.sendNumber(8);
            Await.until("message", () -> b.received.contains(8));
            assertEquals(List.of("+a", "-a", "+a"), b.events);
        }
    }

    @Test
    void aLaterStartIsRefusedWhileTheFirstAnswers() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        try (Intruder first = new Intruder(b.address());
                Intruder later = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();
            awaitAge();
            later.send(Intruder.helloAt("a", "b", START + 1, 20));
            assertEquals(Frame.PING, first.hear()[0]);
            first.sendBodies(new byte[] {Frame.PONG}).sendNumber(9);

            ByteBuffer answer = ByteBuffer.wrap(later.hear());

            assertEquals(Frame.REFUSAL, answer.get());
            Refusal refusal = Refusal.read(answer);
            assertEquals(Refusal.NAME_TAKEN, refusal.code());
            assertTrue(refusal.text().startsWith("another node named 'a' is alive, at "), refusal.text());
            Await.until("message", () -> b.received.equals(List.of(9)));
            assertEquals(List.of("+a"), b.events);
        }
    }

    @Test
    void anEarlierStartDoesNotTakeTheNameOfOneThatIsSilent() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        try (Intruder first = new Intruder(b.address());
                Intruder earlier = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();
            earlier.send(
                    Intruder.helloAt("a", "b", START - 1, Duration.ofHours(1).toMillis()));

            ByteBuffer answer = ByteBuffer.wrap(earlier.hear());

            assertEquals(Frame.REFUSAL, answer.get());
            assertEquals(Refusal.NAME_TAKEN, Refusal.read(answer).code());
            assertEquals(List.of("+a"), b.events);
        }
    }

    /** Waits until a connection is older than the process that dials next says that it is. */
    private static void awaitAge() {
        long opened = System.nanoTime();
        Await.until("age of the first", () -> System.nanoTime() - opened > 50_000_000);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Test
    void oneThatWaitsIsHeardNoMoreThanBeforeTheHandshake() throws IOException {
        TcpNode b = started(TcpNode.listening("b"));
        try (Intruder first = new Intruder(b.address());
                Intruder again = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();
            again.send(Intruder.hello("a", "b", START));
            assertEquals(Frame.PING, first.hear()[0]);

            again.sendNumber(6).awaitEnd();
            first.sendBodies(new byte[] {Frame.PONG}).sendNumber(7);

            Await.until("message", () -> b.received.equals(List.of(7)));
            assertEquals(List.of("+a"), b.events);
        }
    }

    @Test
    void oneThatWaitsLongerThanAHandshakeMayTakeIsTakenAtItsNextTry() throws IOException {
        TcpNode b = started(new TcpNode(TcpNode.settings(
                "b",
                "test",
                new HostPort("127.0.0.1", 0),
                Map.of(),
                TcpNode.PATIENT,
                Duration.ofSeconds(1),
                SecuritySettings.NONE)));
        try (LogText log = new LogText();
                Intruder first = new Intruder(b.address())) {
            first.send(Intruder.hello("a", "b", START)).hear();
            Refusal refusal = null;
            for (byte[] answer = dialAgain(b); answer[0] == Frame.REFUSAL; answer = dialAgain(b)) {
                ByteBuffer content = ByteBuffer.wrap(answer).position(1);
                refusal = Refusal.read(content);
                assertEquals(Refusal.ALREADY_CONNECTED, refusal.code());
            }
            assertTrue(refusal != null);
            assertEquals(0, log.count("has not proven who it is"), log::toString);
            assertEquals("+a", b.events.get(2));
        }
    }

    private static byte[] dialAgain(TcpNode b) throws IOException {
        try (Intruder again = new Intruder(b.address())) {
            return again.send(Intruder.hello("a", "b", START)).hear();
        }
    }

    private static String name(TcpNode node) {
        return node.name;
    }

    private TcpNode secured(String name, @Nullable TcpNode dialed) {
        Map<NodeId, HostPort> peers = dialed == null ? Map.of() : Map.of(NodeId.of(name(dialed)), dialed.address());
        return started(new TcpNode(
                TcpNode.secured(TcpNode.settings(name, "test", new HostPort("127.0.0.1", 0), peers), ByHand.SECRET)));
    }

    private TcpNode started(TcpNode node) {
        nodes.add(node);
        return node;
    }
}
