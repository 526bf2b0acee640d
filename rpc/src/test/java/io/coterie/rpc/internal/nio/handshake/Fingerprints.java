package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;

/** What operators see of keys. */
public final class Fingerprints {
    private Fingerprints() {}

    /** Of the key that is kept there. */
    public static String of(KeyFiles files) {
        return NodeKey.open(NodeId.of("test"), files).shown().fingerprint();
    }
}
