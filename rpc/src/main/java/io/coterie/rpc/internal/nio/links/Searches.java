package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.Handshake;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Finding.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The connections by which this node finds out who is at an address. Each is one until the
 * handshake has shown who it is; then it is a connection to that node, like any other.
 */
final class Searches {
    private final Map<Connection, Consumer<Finding>> pending = new HashMap<>();

    /** @param then gets what was found, once */
    void begin(Connection connection, Consumer<Finding> then) {
        pending.put(connection, then);
    }

    /** Whether it is not known yet who is at the other end of this connection, which was dialed. */
    boolean has(Connection connection) {
        return pending.containsKey(connection);
    }

    /** The search is over without a result. */
    void forget(Connection connection) {
        pending.remove(connection);
    }

    void found(Connection connection, NodeId node) {
        end(connection, Finding.of(node));
    }

    void failed(Connection connection, String reason) {
        end(connection, Finding.of(Kind.SILENT, reason));
    }

    void refused(Connection connection, Refusal refusal) {
        String text = refusal.text() + "; " + Handshake.remedy(refusal.code());
        end(
                connection,
                switch (refusal.code()) {
                    case Refusal.ALREADY_CONNECTED, Refusal.KEY_NOT_KNOWN -> Finding.of(Kind.SILENT, refusal.text());
                    case Refusal.ITSELF -> Finding.of(Kind.ITSELF, refusal.text());
                    case Refusal.OTHER_CLUSTER -> Finding.of(Kind.OTHER_CLUSTER, text);
                    default -> Finding.of(Kind.REFUSED, text);
                });
    }

    void clear() {
        pending.clear();
    }

    private void end(Connection connection, Finding finding) {
        Consumer<Finding> then = pending.remove(connection);
        if (then != null) {
            then.accept(finding);
        }
    }
}
