import org.jspecify.annotations.NullMarked;

/** Calls between the nodes of a cluster, and the world that protocols run in. */
@NullMarked
@SuppressWarnings("module") // The modules above this one are not there yet when it is compiled.
module io.coterie.rpc {
    requires com.github.benmanes.caffeine;
    requires java.naming;
    requires jdk.jfr;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.coterie.rpc;
    exports io.coterie.rpc.codec;
    exports io.coterie.rpc.error;
    exports io.coterie.rpc.node;
    exports io.coterie.rpc.spi;
    exports io.coterie.rpc.internal.settings to
            io.coterie,
            io.coterie.consistency,
            io.coterie.failuredetector,
            io.coterie.replication;
    exports io.coterie.rpc.internal.util to
            io.coterie.consistency,
            io.coterie.replication;
}
