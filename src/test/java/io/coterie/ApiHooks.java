package io.coterie;

import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What tests in other packages may do with a node and its builder, and users may not. */
public final class ApiHooks {
    private ApiHooks() {}

    /** Has the node that is started next wrapped before anything uses it. */
    public static CoterieBuilder around(CoterieBuilder builder, UnaryOperator<RpcNode> wrap) {
        builder.around = wrap;
        return builder;
    }

    /** The name that the builder was given, if any. */
    public static @Nullable NodeId self(CoterieBuilder builder) {
        return builder.self;
    }

    /** Whether the builder was given a timeout for operations. */
    public static boolean hasOperationTimeout(CoterieBuilder builder) {
        return builder.operationTimeout.isGiven();
    }

    /** Ends a node as if its loop could not continue. */
    public static void endBecauseOf(Coterie node, Throwable failure) {
        node.endBecauseOf(failure);
    }
}
