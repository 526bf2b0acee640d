package io.coterie.consistency.internal.register;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.node.NodeId;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers whose states cannot be read: a node with a fault, or another version, had replicas accept
 * them. Such an answer is as good as none until another replica shows a state of its ballot, or of
 * a higher one: nobody looks at its own state then.
 */
public final class UnreadableStates {
    /** A longer key is named by so many of its bytes. */
    private static final int MAX_NAMED_BYTES = 64;

    /** The problem without a key, for messages about many. */
    public static final String OF_SOME_KEY =
            "it has bytes that cannot be read for a key: a node with a fault, or of another version,"
                    + " had them accepted; read the keys to find which, and run the version that wrote them";

    private final RecordKey key;
    private final Map<NodeId, String> problems = new LinkedHashMap<>();
    private final Map<NodeId, Ballot> waiting = new LinkedHashMap<>();

    /** None so far. */
    public UnreadableStates(RecordKey key) {
        this.key = key;
    }

    public void add(NodeId replica, Ballot accepted, byte[] state) {
        problems.put(replica, problem(key, accepted, state));
        waiting.put(replica, accepted);
    }

    /** How many answers are as good as none. */
    public int waiting() {
        return waiting.size();
    }

    /**
     * Takes out an answer that counts, now that a state of that ballot was read; null if there is
     * none.
     */
    public Map.@Nullable Entry<NodeId, Ballot> next(Ballot read) {
        Iterator<Map.Entry<NodeId, Ballot>> all = waiting.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<NodeId, Ballot> each = all.next();
            if (!each.getValue().isAbove(read)) {
                all.remove();
                return each;
            }
        }
        return null;
    }

    /** The problem at each replica. */
    public Map<NodeId, String> problems() {
        return problems;
    }

    /** The text for one answer. Never the state itself, which may hold a value. */
    private static String problem(RecordKey key, Ballot accepted, byte[] state) {
        byte[] bytes = key.bytes();
        int named = Math.min(bytes.length, MAX_NAMED_BYTES);
        return "has " + state.length + " bytes that cannot be read for the key "
                + HexFormat.of().formatHex(bytes, 0, named)
                + (named < bytes.length ? "... of " + bytes.length + " bytes" : "")
                + " (in hexadecimal), accepted with ballot " + accepted
                + ": a node with a fault, or of another version, had them accepted; run the version that wrote them";
    }
}
