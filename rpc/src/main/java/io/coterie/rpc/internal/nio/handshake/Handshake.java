package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.internal.nio.connection.ModeMismatch;
import io.coterie.rpc.internal.nio.connection.Refusal;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** Who this node says it is, and whom it takes for a peer. */
public final class Handshake {
    /** None yet; both ends use what both have. */
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

    public Handshake(TcpSettings settings, long startId, KnownKeys keys) {
        this.keys = keys;
        this.cluster = settings.cluster();
        this.self = settings.self();
        this.startId = startId;
        this.maxMessageBytes = settings.maxMessageBytes();
        this.maxConnections = settings.maxConnections();
        this.secret = settings.security().secret();
        this.provesDialing = settings.security().provesDialing();
        this.roles = new Roles(settings.peers().keySet(), settings.security());
    }

    public NodeId self() {
        return self;
    }

    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** Who may do what here. */
    public Roles roles() {
        return roles;
    }

    /** What this end proves to know when it dials, or null; those who dial it must prove to know it, or a lesser one. */
    @Nullable
    public SharedSecret secret() {
        return secret;
    }

    /** By which keys peers prove their names. */
    public KnownKeys keys() {
        return keys;
    }

    /** Whether those who dial this node prove that they belong to the cluster. */
    public boolean provesDialing() {
        return provesDialing;
    }

    public Hello hello(NodeId expected) {
        return new Hello(
                Versions.OURS,
                FEATURES,
                maxMessageBytes,
                startId,
                cluster,
                self,
                expected,
                proof(),
                Nonce.draw(random));
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

    /** Why a node that dialed this one cannot even be asked for a proof, in its words; or null. Tells nothing of this node. */
    @Nullable
    public Refusal judgeStranger(Hello hello) {
        if (Versions.OURS.common(hello.versions()) == Versions.NONE) {
            return new Refusal(
                    Refusal.OTHER_VERSION,
                    "it speaks protocol " + Versions.OURS + ", this node speaks " + hello.versions());
        }
        if (hello.proof() != proof()) {
            return new Refusal(
                    Refusal.OTHER_SECURITY,
                    secret == null
                            ? "it has no shared secret, and this node has one"
                            : "it demands a shared secret, and this node has none");
        }
        return null;
    }

    /** What is wrong with a node that dialed this one, in its words; or null. */
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

    /** Why a node of a new name cannot be taken while so many are connected, in its words; or null. */
    @Nullable
    public Refusal judgeRoom(int connected) {
        return connected < maxConnections
                ? null
                : new Refusal(Refusal.TOO_MANY, "it has too many connections already, and may have " + maxConnections);
    }

    /** What is wrong with a node that this one dialed, in this one's words; or null. */
    @Nullable
    public Refusal judge(Welcome welcome, NodeId expected) {
        if (!welcome.cluster().equals(cluster)) {
            return new Refusal(
                    Refusal.OTHER_CLUSTER, "cluster name is '" + welcome.cluster() + "', ours is '" + cluster + "'");
        }
        Refusal otherVersion = judgeVersion(welcome.version());
        if (otherVersion != null) {
            return otherVersion;
        }
        if (!welcome.node().equals(expected)) {
            return new Refusal(
                    Refusal.OTHER_NODE, "the node at this address is '" + welcome.node() + "', not '" + expected + "'");
        }
        return null;
    }

    /** What is wrong with the version that a node chose that this one dialed; or null. */
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

    /** What an operator can do about a refusal. */
    public static String remedy(byte code) {
        return switch (code) {
            case Refusal.OTHER_CLUSTER -> "give both the same cluster name, or correct the address";
            case Refusal.OTHER_VERSION -> "run releases of this library whose versions overlap on all nodes";
            case Refusal.OTHER_NODE, Refusal.ITSELF -> "correct the peer's name or address";
            case Refusal.NAME_TAKEN -> "stop one of the two, or rename it; after a restart this settles by itself";
            case Refusal.OTHER_SECURITY, Refusal.OTHER_SECRET -> "give both the same security(...)";
            case Refusal.OTHER_CERTIFICATE -> "give it its own certificate, or add that one's name by Security.allow";
            case Refusal.OTHER_ROLE -> "give it a name of its own, or the replicas' secret if it is a replica";
            case Refusal.OTHER_KEY ->
                "if that node has no key, give it one by nodeKey(...), or a name of its own; if it has a new key for a good"
                        + " reason, delete its line from the file " + KnownNodesFile.NAME
                        + " in the directory of the node that refuses it, which need not be started again, or correct"
                        + " Security.nodeKey there; else find out who goes by its name";
            case Refusal.TOO_MANY ->
                "raise maxConnections at the node that was dialed, or stop nodes that it need not have";
            case Refusal.PLAIN_AND_TLS -> ModeMismatch.REMEDY;
            default -> "see the log of the other node";
        };
    }

    private int proof() {
        return secret == null ? Hello.NO_PROOF : Hello.SECRET;
    }
}
