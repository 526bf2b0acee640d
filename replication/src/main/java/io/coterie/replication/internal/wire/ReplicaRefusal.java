package io.coterie.replication.internal.wire;

import io.coterie.rpc.error.CodedFailure;

/** A replica refused a request. It crosses the network as a code and a text. */
public final class ReplicaRefusal extends RuntimeException implements CodedFailure {
    private static final long serialVersionUID = 1L;

    private final RefusalKind kind;

    public ReplicaRefusal(RefusalKind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    public RefusalKind kind() {
        return kind;
    }

    @Override
    public int code() {
        return kind.code();
    }
}
