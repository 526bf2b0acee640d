package io.coterie.rpc.internal.nio;

import io.coterie.rpc.NodeId;
import org.jspecify.annotations.Nullable;

/** Who this node says it is, and whom it takes for a peer. */
final class Handshake {
    static final int VERSION = 1;

    /** None yet; both ends use what both have. */
    private static final long FEATURES = 0;

    private final String cluster;
    private final NodeId self;
    private final long startId;
    private final int maxMessageBytes;

    Handshake(String cluster, NodeId self, long startId, int maxMessageBytes) {
        this.cluster = cluster;
        this.self = self;
        this.startId = startId;
        this.maxMessageBytes = maxMessageBytes;
    }

    Hello hello(NodeId expected) {
        return new Hello(VERSION, VERSION, FEATURES, maxMessageBytes, startId, cluster, self, expected);
    }

    Welcome welcome(Hello hello) {
        return new Welcome(VERSION, FEATURES & hello.features(), maxMessageBytes, startId, cluster, self);
    }

    /** What is wrong with a node that dialed this one, in its words; or null. */
    @Nullable
    Refusal judge(Hello hello) {
        if (!hello.cluster().equals(cluster)) {
            return new Refusal(
                    Refusal.OTHER_CLUSTER, "cluster name is '" + cluster + "', ours is '" + hello.cluster() + "'");
        }
        if (hello.lowestVersion() > VERSION || hello.highestVersion() < VERSION) {
            return new Refusal(
                    Refusal.OTHER_VERSION,
                    "it speaks protocol version " + VERSION + ", ours are " + hello.lowestVersion() + " to "
                            + hello.highestVersion());
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

    /** What is wrong with a node that this one dialed, in this one's words; or null. */
    @Nullable
    Refusal judge(Welcome welcome, NodeId expected) {
        if (!welcome.cluster().equals(cluster)) {
            return new Refusal(
                    Refusal.OTHER_CLUSTER, "cluster name is '" + welcome.cluster() + "', ours is '" + cluster + "'");
        }
        if (welcome.version() != VERSION) {
            return new Refusal(
                    Refusal.OTHER_VERSION, "it chose protocol version " + welcome.version() + ", ours is " + VERSION);
        }
        if (!welcome.node().equals(expected)) {
            return new Refusal(
                    Refusal.OTHER_NODE, "the node at this address is '" + welcome.node() + "', not '" + expected + "'");
        }
        return null;
    }

    static Refusal nameTaken(NodeId name, String where) {
        return new Refusal(Refusal.NAME_TAKEN, "another node named '" + name + "' is alive, at " + where);
    }

    /** What an operator can do about a refusal. */
    static String remedy(byte code) {
        return switch (code) {
            case Refusal.OTHER_CLUSTER -> "give both the same cluster name, or correct the address";
            case Refusal.OTHER_VERSION -> "run versions of this library that overlap on all nodes";
            case Refusal.OTHER_NODE, Refusal.ITSELF -> "correct the peer's name or address";
            case Refusal.NAME_TAKEN -> "stop one of the two, or rename it; after a restart this settles by itself";
            case Refusal.OTHER_CERTIFICATE -> "give it its own certificate, or add that one's name by Security.allow";
            case Refusal.PLAIN_AND_TLS -> ModeMismatch.REMEDY;
            default -> "see the log of the other node";
        };
    }
}
