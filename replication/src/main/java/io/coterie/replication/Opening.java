package io.coterie.replication;

import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The opening of a store, which ends when enough replicas have recorded the store. It continues
 * until then, or until the node closes. Only to be used on the loop.
 */
public interface Opening {
    /** Whether enough replicas have recorded the store. Once open, it stays open. */
    boolean isOpen();

    /**
     * Why the store cannot be opened at present, as a new {@link PolicyMismatchException}. Null
     * while no replica has refused it.
     */
    @Nullable
    CoterieException refusal();

    /**
     * How far the opening is, as a text that follows the store's name: "is recorded by 1 of the 2
     * replicas needed". Where enough replicas have recorded the store, the text says what it still
     * waits for.
     */
    String progress();

    /** What each replica has answered so far, as a human-readable text. */
    Map<NodeId, String> said();
}
