import org.jspecify.annotations.NullMarked;

/** Records on replicas, requests to all of them, and durable storage. */
@NullMarked
module io.coterie.replication {
    requires transitive io.coterie.rpc;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.coterie.replication;
    exports io.coterie.replication.clock;
    exports io.coterie.replication.storage;
}
