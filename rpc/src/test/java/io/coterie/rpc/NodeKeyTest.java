package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
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
        Nodes.await("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        Nodes.await("line", () -> filesOfB.text(KNOWN).contains("\na SHA256:"));
        String known = filesOfA.text(KNOWN);
        a.close();
        b.close();

        talk(a(SECURITY), b(filesOfB));

        assertEquals(known, filesOfA.text(KNOWN));
    }

    @Test
    void whoKnowsTheSecretAndShowsNoKeyIsNotTakenForAPeer() {
        RpcNode a = a(SECURITY);

        isRefused(
                nodes.start(Nodes.builder("b").security(SECURITY).peer(a.self(), ofA)),
                a,
                "it takes the name 'b' only with a key, and this node has shown none");

        talk(a, b(filesOfB));
    }

    @Test
    void whoKnowsTheSecretAndShowsAKeyOfHisOwnIsNotTakenForAPeerThatNeverStarted() {
        RpcNode a = a(SECURITY);
        for (MapKeyFiles files : new @Nullable MapKeyFiles[] {new MapKeyFiles(), null}) {
            isRefused(
                    nodes.start(
                            Nodes.builder("b").security(SECURITY).nodeKey(files).peer(a.self(), ofA)),
                    a,
                    "it takes this node's key once it has dialed this node itself");
        }

        talk(a, b(filesOfB));
    }

    @Test
    void whoKnowsTheSecretAndShowsAKeyOfHisOwnIsNotTakenForAPeerThatIsKnown() {
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
        Nodes.await("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        b.close();
        MapKeyFiles others = new MapKeyFiles();

        RpcNode other = b(others);

        String reason = "this node knows 'b' with the key SHA256:";
        Nodes.await(reason, () -> String.valueOf(a.lastFailure(other.self())).contains(reason));
        assertFalse(a.isConnected(other.self()));
        assertFalse(other.isConnected(a.self()));
        filesOfA.delete(KNOWN);
        talk(a, other);
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

    @Test
    void aKeyThatIsKeptIsNotReplacedByOneOfOneStart() {
        RpcNode a = a(SECURITY);
        RpcNode b = b(filesOfB);
        talk(a, b);
        b.close();

        RpcNode other = b(null);

        String reason = "this node knows 'b' with the key SHA256:";
        Nodes.await(reason, () -> String.valueOf(a.lastFailure(other.self())).contains(reason));
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

        String reason = "security(...) has 'b' with the key " + key + ", and it has shown SHA256:";
        Nodes.await(
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

        String reason = "security(...) has 'b' with the key " + others + ", and it has shown " + key;
        Nodes.await(reason, () -> String.valueOf(mistaken.lastFailure(b.self())).contains(reason));
    }

    @Test
    void aClientNeedsNoKey() {
        RpcNode a = a(SECURITY);
        RpcNode client = nodes.start(Nodes.builder("c").security(SECURITY).peer(a.self(), ofA));

        assertEquals("x", Nodes.echo(client, a, "x"));
    }

    @Test
    void aKeyThatTheConfigurationHasOtherwiseForThisVeryNodeIsSaidSo() {
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
        filesOfA.replace(KNOWN, "# a comment\nb nonsense\n".getBytes(StandardCharsets.US_ASCII));

        IllegalStateException failure = assertThrows(IllegalStateException.class, () -> a(SECURITY));

        assertTrue(failure.getMessage().startsWith("line 2 of memory/known-nodes"), failure.getMessage());
    }

    @Test
    void aKeyFileThatIsDamagedRefusesTheStartAndIsNamed() {
        a(SECURITY).close();
        filesOfA.replace("node.key", "Ed25519 AAAA BBBB\n".getBytes(StandardCharsets.US_ASCII));

        IllegalStateException failure = assertThrows(IllegalStateException.class, () -> a(SECURITY));

        assertTrue(
                failure.getMessage().startsWith("the key of node a in memory/node.key is of no use: "),
                failure.getMessage());
    }

    private void isRefused(RpcNode impostor, RpcNode by, String reason) {
        Nodes.await(
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
        return io.coterie.rpc.internal.nio.Fingerprints.of(files);
    }

    private RpcNode a(Security security) {
        return serving(Nodes.builder("a")
                .security(security)
                .nodeKey(filesOfA)
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
