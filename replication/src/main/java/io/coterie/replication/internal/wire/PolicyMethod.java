package io.coterie.replication.internal.wire;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.node.Role;
import org.jspecify.annotations.Nullable;

/** How a replica asks another under which policy that one has recorded a store. */
public final class PolicyMethod {
    /**
     * A question to a replica.
     *
     * @param store the store's name
     */
    public record Question(String store) {}

    /**
     * The policy under which a replica has recorded a store, or null if it does not know the store.
     */
    public record Recorded(@Nullable String policy) {}

    /** Under which policy a replica has recorded a store. */
    public static final RpcMethod<Question, Recorded> METHOD = new RpcMethod<>(
                    "replica.policy",
                    Fields.codec(
                            (question, out) -> out.putBlock(Fields.utf8(question.store())),
                            in -> new Question(Fields.text(in))),
                    Fields.codec(
                            (recorded, out) -> {
                                String policy = recorded.policy();
                                out.putOptionalBlock(policy == null ? null : Fields.utf8(policy));
                            },
                            in -> new Recorded(Fields.optionalText(in))),
                    true)
            .allowedTo(Role.REPLICA);

    private PolicyMethod() {}
}
