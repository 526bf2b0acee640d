package io.coterie.replication;

import io.coterie.rpc.CoterieException;
import io.coterie.rpc.NodeId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store on its way to be recorded by enough replicas. It goes on until it is there, for as long
 * as the node lives. Only to be used on the loop.
 */
public interface Opening {
    /** Whether enough replicas have the store recorded. Once it is open, it stays so. */
    boolean isOpen();

    /**
     * Why the store cannot be opened as things are, as a new exception: {@link
     * PolicyMismatchException}, or {@link ConfigurationMismatchException}. Null while nothing
     * speaks against it.
     */
    @Nullable
    CoterieException refusal();

    /**
     * How far it has come, to be read behind the store's name: "is recorded by 1 of the 2 replicas
     * needed". Where enough have recorded it, it says for whom it waits all the same.
     */
    String progress();

    /** What each replica said so far, as text. */
    Map<NodeId, String> said();
}
