import org.jspecify.annotations.NullMarked;

/** Replicas, quorum calls, durable storage and repair. */
@NullMarked
module io.coterie.replication {
    requires transitive io.coterie.failuredetector;
    requires transitive io.coterie.rpc;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.coterie.replication;
}
