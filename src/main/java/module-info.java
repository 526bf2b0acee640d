import org.jspecify.annotations.NullMarked;

/**
 * The entry point: builds a node out of transport, failure detection, replication and consistency.
 */
@NullMarked
module io.coterie {
    requires transitive io.coterie.consistency;
    requires transitive io.coterie.failuredetector;
    requires transitive io.coterie.replication;
    requires transitive io.coterie.rpc;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.coterie;
    exports io.coterie.coordination;
}
