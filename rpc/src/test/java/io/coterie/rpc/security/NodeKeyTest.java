package io.coterie.rpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.FreePorts;
import io.coterie.rpc.Nodes;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.Security;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that know one secret, and prove their names to one another by keys of their own. */
class NodeKeyTest {
    private static final Security SECURITY =
            Security.sharedSecret("drawn for these tests".getBytes(StandardCharsets.US_ASCII));
    private static final String KNOWN = "known-nodes";

    private final Nodes nodes = new Nodes();
    private final HostPort ofA = FreePorts.nextAddress();
    private final HostPort ofB = FreePorts.nextAddress();
    private final MapKeyFiles filesOfA = new MapKeyFiles();
    private final MapKeyFiles filesOfB = new MapKeyFiles();
    private final AtomicInteger executed = new AtomicInteger();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void twoThatDialEachOtherLearnTheirKeysAndKnowThemAgainAfterARestart() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(filesOfB);
        talk(a, b);
        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        Await.until("line", () -> filesOfB.text(KNOWN).contains("\na SHA256:"));
        String known = filesOfA.text(KNOWN);
        a.close();
        b.close();

        talk(a(SECURITY), b(filesOfB));

        assertEquals(known, filesOfA.text(KNOWN));
    }

    @Test
    void anImpostorWithTheSecretAndNoKeyIsRefused() {
        RpcNode a = a(SECURITY);

        isRefused(
                nodes.start(Nodes.builder("b").security(SECURITY).peer(a.self(), ofA)),
                a,
                "it accepts the name 'b' only with a key, but this node has shown none");

        talk(a, b(filesOfB));
    }

    @Test
    void anImpostorWithTheSecretAndItsOwnKeyIsRefusedThoughThePeerNeverStarted() {
        RpcNode a = a(SECURITY);
        for (MapKeyFiles files : new @Nullable MapKeyFiles[] {new MapKeyFiles(), null}) {
            isRefused(
                    nodes.start(
                            Nodes.builder("b").security(SECURITY).nodeKey(files).peer(a.self(), ofA)),
                    a,
                    "it accepts this node's key once it has dialed this node itself");
        }

        talk(a, b(filesOfB));
    }

    @Test
    void anImpostorWithTheSecretAndItsOwnKeyIsRefusedWhereThePeerIsKnown() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(filesOfB);
        talk(a, b);
        b.close();

        isRefused(
                nodes.start(Nodes.builder("b")
                        .security(SECURITY)
                        .nodeKey(new MapKeyFiles())
                        .peer(a.self(), ofA)),
                a,
                "it knows 'b' by the key SHA256:");

        talk(a, b(filesOfB));
    }

    @Test
    void anotherKeyAtTheAddressOfAPeerIsTakenOnceTheLineOfTheOldOneIsDeleted() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(filesOfB);
        talk(a, b);
        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        b.close();
        MapKeyFiles others = new MapKeyFiles();

        RpcNode other = b(others);

        String reason = "this node knows 'b' with the key SHA256:";
        Await.until(reason, () -> String.valueOf(a.lastFailure(other.self())).contains(reason));
        assertFalse(a.isConnected(other.self()));
        assertFalse(other.isConnected(a.self()));
        filesOfA.delete(KNOWN);
        talk(a, other);
    }

    @Test
    void aKeyThatIsKnownIsTheOnlyOneAfterARestartToo() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(filesOfB);
        talk(a, b);
        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        a.close();
        b.close();

        RpcNode again = a(SECURITY);

        isRefused(
                nodes.start(Nodes.builder("b")
                        .security(SECURITY)
                        .nodeKey(new MapKeyFiles())
                        .peer(again.self(), ofA)),
                again,
                "it knows 'b' by the key SHA256:");
        RpcNode other = b(new MapKeyFiles());
        String reason = "this node knows 'b' with the key SHA256:";
        Await.until(
                reason, () -> String.valueOf(again.lastFailure(other.self())).contains(reason));
        other.close();
        talk(again, b(filesOfB));
    }

    @Test
    void aKeyThatIsKeptTakesThePlaceOfOneOfOneStart() {
        RpcNode a = a(SECURITY);
        RpcNode first = b(null);
        talk(a, first);
        first.close();
        RpcNode b = b(filesOfB);
        talk(a, b);
        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb " + fingerprint(filesOfB)));
        b.close();

        RpcNode other = b(new MapKeyFiles());

        String reason = "this node knows 'b' with the key SHA256:";
        Await.until(reason, () -> String.valueOf(a.lastFailure(other.self())).contains(reason));
    }

    @Test
    void aKeyThatTheConfigurationHasCountsThoughTheFileHasAnother() {
        String line = "b " + fingerprint(new MapKeyFiles()) + "\n";
        filesOfA.replace(KNOWN, line.getBytes(StandardCharsets.US_ASCII));

        talk(a(SECURITY.nodeKey(NodeId.of("b"), fingerprint(filesOfB))), b(filesOfB));

        assertEquals(line, filesOfA.text(KNOWN));
    }

    @Test
    void aNodeThatAloneDialsLooksAgainWhetherTheLineIsDeleted() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(filesOfB);
        talk(a, b);
        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        b.close();

        RpcNode other = serving(
                Nodes.builder("b").security(SECURITY).nodeKey(new MapKeyFiles()).listen(ofB.toString()));

        String reason = "this node knows 'b' with the key SHA256:";
        Await.until(reason, () -> String.valueOf(a.lastFailure(other.self())).contains(reason));
        filesOfA.delete(KNOWN);
        assertEquals("x", Nodes.echo(a, other, "x"));
    }

    @Test
    void aPeerWhoseKeyIsOfOneStartAloneIsTakenAgainAfterARestart() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(null);
        talk(a, b);
        b.close();

        talk(a, b(null));

        assertFalse(filesOfA.text(KNOWN).contains("b SHA256:"), filesOfA.text(KNOWN));
    }

    /** Nor is there a file to look at again. */
    @Test
    void twoWhoseKeysAreOfOneStartTakeEachOtherAgainAfterARestart() {
        RpcNode a = a(SECURITY, null);
        RpcNode b = b(null);
        talk(a, b);
        b.close();

        talk(a, b(null));
    }

    @Test
    void anImpostorWithTheSecretAndItsOwnKeyIsRefusedThoughThePeersKeyWasOfOneStart() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(null);
        talk(a, b);
        b.close();

        for (MapKeyFiles files : new @Nullable MapKeyFiles[] {new MapKeyFiles(), null}) {
            isRefused(
                    nodes.start(
                            Nodes.builder("b").security(SECURITY).nodeKey(files).peer(a.self(), ofA)),
                    a,
                    "it accepts this node's key once it has dialed this node itself");
        }

        talk(a, b(null));
    }

    @Test
    void aKeyThatIsKeptIsNotReplacedByOneOfOneStart() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(filesOfB);
        talk(a, b);
        b.close();

        RpcNode other = b(null);

        String reason = "this node knows 'b' with the key SHA256:";
        Await.until(reason, () -> String.valueOf(a.lastFailure(other.self())).contains(reason));
        assertFalse(a.isConnected(other.self()));
    }

    @Test
    void aKeyThatTheConfigurationHasIsTheOnlyOneThatIsTaken() {
        RpcNode first = b(filesOfB);
        String key = fingerprint(filesOfB);
        RpcNode right = a(SECURITY.nodeKey(first.self(), key));
        talk(right, first);
        assertEquals("", filesOfA.text(KNOWN));
        first.close();

        RpcNode other = b(new MapKeyFiles());

        String reason = "security(...) has 'b' with the key " + key + ", but it has shown SHA256:";
        Await.until(
                reason, () -> String.valueOf(right.lastFailure(other.self())).contains(reason));
        assertFalse(other.isConnected(right.self()));
    }

    @Test
    void aNodeWithoutAKeyGoesByThoseThatItsConfigurationHas() {
        a(SECURITY);
        RpcNode b = b(filesOfB);
        String key = fingerprint(filesOfB);
        RpcNode client = nodes.start(
                Nodes.builder("c").security(SECURITY.nodeKey(b.self(), key)).peer(b.self(), ofB));
        assertEquals("x", Nodes.echo(client, b, "x"));
        String others = fingerprint(filesOfA);

        RpcNode mistaken = nodes.start(
                Nodes.builder("d").security(SECURITY.nodeKey(b.self(), others)).peer(b.self(), ofB));

        String reason = "security(...) has 'b' with the key " + others + ", but it has shown " + key;
        Await.until(reason, () -> String.valueOf(mistaken.lastFailure(b.self())).contains(reason));
    }

    @Test
    void aClientNeedsNoKey() {
        RpcNode a = a(SECURITY);
        RpcNode client = nodes.start(Nodes.builder("c").security(SECURITY).peer(a.self(), ofA));

        assertEquals("x", Nodes.echo(client, a, "x"));
    }

    @Test
    void aKeyThatTheConfigurationHasOtherwiseForThisVeryNodeIsReported() {
        a(SECURITY);
        b(filesOfB);
        String ofOther = fingerprint(filesOfB);

        IllegalStateException failure = assertThrows(
                IllegalStateException.class,
                () -> nodes.start(Nodes.builder("a")
                        .security(SECURITY.nodeKey(NodeId.of("a"), ofOther))
                        .nodeKey(filesOfA)
                        .listen(FreePorts.nextAddress().toString())));

        assertTrue(failure.getMessage().startsWith("security: nodeKey(a, " + ofOther), failure.getMessage());
    }

    @Test
    void aLineThatMakesNoSenseRefusesTheStartAndIsNamed() {
        String first = "b " + fingerprint(filesOfB) + "\n";
        String second = "b " + fingerprint(new MapKeyFiles()) + "\n";
        for (String text : List.of("# a comment\nb nonsense\n", first + second, first + "c SHA256:AAAA\n")) {
            filesOfA.replace(KNOWN, text.getBytes(StandardCharsets.US_ASCII));

            IllegalStateException failure = assertThrows(IllegalStateException.class, () -> a(SECURITY), text);

            assertTrue(failure.getMessage().startsWith("line 2 of memory/known-nodes"), failure.getMessage());
        }
    }

    @Test
    void theLinesOfOthersStayWhenOneIsAdded() {
        String others = "\nc " + fingerprint(new MapKeyFiles()) + "\n";
        filesOfA.replace(KNOWN, others.getBytes(StandardCharsets.US_ASCII));

        talk(a(SECURITY), b(filesOfB));

        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        assertTrue(filesOfA.text(KNOWN).contains(others), filesOfA.text(KNOWN));
    }

    @Test
    void aKeyFileThatIsDamagedRefusesTheStartAndIsNamed() {
        for (String text : List.of("Ed25519 AAAA BBBB\n", "nonsense\n", "")) {
            filesOfA.replace("node.key", text.getBytes(StandardCharsets.US_ASCII));

            IllegalStateException failure = assertThrows(IllegalStateException.class, () -> a(SECURITY), text);

            assertTrue(
                    failure.getMessage().startsWith("the key of node a in memory/node.key is not usable: "),
                    failure.getMessage());
            assertEquals(text, filesOfA.text("node.key"));
        }
    }

    @Test
    void aKeyFileWhoseHalvesDoNotBelongTogetherRefusesTheStartAndIsNamed() {
        fingerprint(filesOfA);
        fingerprint(filesOfB);
        String[] ofA = lastLine(filesOfA).split(" ", -1);
        String[] ofB = lastLine(filesOfB).split(" ", -1);
        filesOfA.replace("node.key", String.join(" ", ofA[0], ofB[1], ofA[2]).getBytes(StandardCharsets.US_ASCII));

        IllegalStateException failure = assertThrows(IllegalStateException.class, () -> a(SECURITY));

        assertTrue(failure.getMessage().contains("its two halves do not belong together"), failure.getMessage());
    }

    private static String lastLine(MapKeyFiles files) {
        String text = files.text("node.key").strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    private void isRefused(RpcNode impostor, RpcNode by, String reason) {
        Await.until(
                reason, () -> String.valueOf(impostor.lastFailure(by.self())).contains(reason));
        assertFalse(impostor.isConnected(by.self()));
        assertFalse(by.isConnected(impostor.self()));
        impostor.close();
    }

    private void talk(RpcNode one, RpcNode other) {
        int before = executed.get();
        assertEquals("x", Nodes.echo(one, other, "x"));
        assertEquals("y", Nodes.echo(other, one, "y"));
        assertTrue(executed.get() >= before + 2);
    }

    private static String fingerprint(MapKeyFiles files) {
        return io.coterie.rpc.internal.nio.handshake.Fingerprints.of(files);
    }

    private RpcNode a(Security security) {
        return a(security, filesOfA);
    }

    private RpcNode a(Security security, @Nullable KeyFiles files) {
        return serving(Nodes.builder("a")
                .security(security)
                .nodeKey(files)
                .listen(ofA.toString())
                .peer("b", ofB.toString()));
    }

    private RpcNode b(@Nullable KeyFiles files) {
        return serving(Nodes.builder("b")
                .security(SECURITY)
                .nodeKey(files)
                .listen(ofB.toString())
                .peer("a", ofA.toString()));
    }

    private RpcNode serving(RpcNodeBuilder builder) {
        RpcNode node = nodes.start(builder);
        node.serveInline(Nodes.ECHO, (caller, text, answer) -> {
            executed.incrementAndGet();
            answer.reply(text);
        });
        return node;
    }
}
