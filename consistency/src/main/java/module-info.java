import org.jspecify.annotations.NullMarked;

/** Consistency policies over quorum calls: strong and eventual, and the port for others. */
@NullMarked
@SuppressWarnings("module") // The modules above this one are not there yet when it is compiled.
module io.coterie.consistency {
    requires transitive io.coterie.rpc;
    requires transitive io.coterie.replication;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.coterie.consistency;
    exports io.coterie.consistency.coordination;
    exports io.coterie.consistency.internal.coordination.election to
            io.coterie;
    exports io.coterie.consistency.internal.coordination.latch to
            io.coterie;
    exports io.coterie.consistency.internal.coordination.lease to
            io.coterie;
    exports io.coterie.consistency.internal.coordination.node to
            io.coterie;
    exports io.coterie.consistency.internal.replica to
            io.coterie;
}
