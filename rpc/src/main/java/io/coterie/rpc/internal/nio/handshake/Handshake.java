package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.internal.nio.connection.ModeMismatch;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.node.NodeId;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** Makes the messages of this node in a handshake, and judges those of the other end. */
public final class Handshake {
    /** None yet. Both ends use the features that both have. */
    private static final long FEATURES = 0;

    private final String cluster;
    private final NodeId self;
    private final long startId;
    private final int maxMessageBytes;
    private final int maxConnections;
    private final @Nullable SharedSecret secret;
    private final boolean provesDialing;
    private final Roles roles;
    private final KnownKeys keys;
    private final SecureRandom random = new SecureRandom();
    private final ProcessAge age = new ProcessAge();

    public Handshake(TcpSettings settings, long startId, PeerNames names, KnownKeys keys) {
        this.keys = keys;
        this.cluster = settings.cluster();
        this.self = settings.self();
        this.startId = startId;
        this.maxMessageBytes = settings.maxMessageBytes();
        this.maxConnections = settings.maxConnections();
        this.secret = settings.security().secret();
        this.provesDialing = settings.security().provesDialing();
        this.roles = new Roles(names, settings.security());
    }

    public NodeId self() {
        return self;
    }

    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** Decides the roles of peers. */
    public Roles roles() {
        return roles;
    }

    /**
     * The secret that this end proves when it dials, or null. A node that dials this one must prove
     * it, or a lesser one.
     */
    @Nullable
    public SharedSecret secret() {
        return secret;
    }

    /** The keys by which peers prove their names. */
    public KnownKeys keys() {
        return keys;
    }

    /** Whether a node that dials this one proves that it belongs to the cluster. */
    public boolean provesDialing() {
        return provesDialing;
    }

    /**
     * The first message of this node as a dialer.
     *
     * @param expected whom this node dials; null if it does not know that yet
     */
    public Hello hello(@Nullable NodeId expected) {
        return new Hello(
                Versions.OURS,
                FEATURES,
                maxMessageBytes,
                startId,
                cluster,
                self,
                expected,
                proof(),
                Nonce.draw(random),
                age.millis());
    }

    public Challenge challenge(Hello hello) {
        return new Challenge(Versions.OURS.common(hello.versions()), Nonce.draw(random));
    }

    public Welcome welcome(Hello hello) {
        return new Welcome(
                Versions.OURS.common(hello.versions()),
                FEATURES & hello.features(),
                maxMessageBytes,
                startId,
                cluster,
                self);
    }

    /**
     * Why a dialer cannot even be asked for a proof, from its view; or null. The text reveals
     * nothing of this node.
     */
    @Nullable
    public Refusal judgeUnauthenticated(Hello hello) {
        if (Versions.OURS.common(hello.versions()) == Versions.NONE) {
            return new Refusal(
                    Refusal.OTHER_VERSION,
                    "it speaks protocol " + Versions.OURS + ", this node speaks " + hello.versions());
        }
        if (hello.proof() != proof()) {
            return new Refusal(
                    Refusal.OTHER_SECURITY,
                    secret == null
                            ? "it has no shared secret, but this node has one"
                            : "it requires a shared secret, but this node has none");
        }
        return null;
    }

    /** Why a dialer is refused, from its view; or null. */
    @Nullable
    public Refusal judge(Hello hello) {
        if (!hello.cluster().equals(cluster)) {
            return new Refusal(
                    Refusal.OTHER_CLUSTER, "cluster name is '" + cluster + "', ours is '" + hello.cluster() + "'");
        }
        if (hello.startId() == startId) {
            return new Refusal(Refusal.ITSELF, "the address leads back to this very node");
        }
        if (hello.expected() != null && !hello.expected().equals(self)) {
            return new Refusal(
                    Refusal.OTHER_NODE, "the node at this address is '" + self + "', not '" + hello.expected() + "'");
        }
        if (hello.node().equals(self)) {
            return nameTaken(self, "the node that was dialed");
        }
        return null;
    }

    /** Why a dialer is refused while so many nodes are connected, from its view; or null. */
    @Nullable
    public Refusal judgeRoom(int connected) {
        return connected < maxConnections
                ? null
                : new Refusal(
                        Refusal.TOO_MANY, "it has " + maxConnections + " connections already, and may have no more");
    }

    /**
     * Why a node that this one dialed is refused, from this node's view; or null.
     *
     * @param expected whom this node dialed; null if it does not know that yet
     */
    @Nullable
    public Refusal judge(Welcome welcome, @Nullable NodeId expected) {
        if (!welcome.cluster().equals(cluster)) {
            return new Refusal(
                    Refusal.OTHER_CLUSTER, "cluster name is '" + welcome.cluster() + "', ours is '" + cluster + "'");
        }
        Refusal otherVersion = judgeVersion(welcome.version());
        if (otherVersion != null) {
            return otherVersion;
        }
        if (expected == null) {
            return welcome.node().equals(self) ? nameTaken(self, "the address that was dialed") : null;
        }
        if (!welcome.node().equals(expected)) {
            return new Refusal(
                    Refusal.OTHER_NODE, "the node at this address is '" + welcome.node() + "', not '" + expected + "'");
        }
        return null;
    }

    /** Why the version that the other end chose is refused; or null. */
    public static @Nullable Refusal judgeVersion(int chosen) {
        return Versions.OURS.common(new Versions(chosen, chosen)) == chosen
                ? null
                : new Refusal(
                        Refusal.OTHER_VERSION,
                        "it chose protocol version " + chosen + ", this node speaks " + Versions.OURS);
    }

    public static Refusal nameTaken(NodeId name, String where) {
        return new Refusal(Refusal.NAME_TAKEN, "another node named '" + name + "' is alive, at " + where);
    }

    /** How an operator can fix the cause of a refusal. */
    public static String remedy(byte code) {
        return switch (code) {
            case Refusal.OTHER_CLUSTER -> "give both the same cluster name, or correct the address";
            case Refusal.OTHER_VERSION -> "run releases of this library that share a protocol version on all nodes";
            case Refusal.OTHER_NODE, Refusal.ITSELF -> "correct the peer's name or address";
            case Refusal.NAME_TAKEN -> "stop or rename one of the two; after a restart this resolves by itself";
            case Refusal.OTHER_SECURITY, Refusal.OTHER_SECRET -> "give both the same security(...)";
            case Refusal.OTHER_CERTIFICATE -> "give it its own certificate, or add the shown name by Security.allow";
            case Refusal.OTHER_ROLE -> "give it a name of its own, or the replicas' secret if it is a replica";
            case Refusal.OTHER_KEY ->
                "if that node has no key, give it one by nodeKey(...), or a name of its own; if it has a new key for a good"
                        + " reason, delete its line from the file " + KnownNodesFile.NAME
                        + " in the directory of the node that refuses it (a restart is not needed), or correct"
                        + " Security.nodeKey there; otherwise find out who uses its name";
            case Refusal.TOO_MANY ->
                "raise maxConnections at the node that was dialed, or stop nodes that are not needed";
            case Refusal.PLAIN_AND_TLS -> ModeMismatch.REMEDY;
            default -> "see the log of the other node";
        };
    }

    private int proof() {
        return secret == null ? Hello.NO_PROOF : Hello.SECRET;
    }
}
