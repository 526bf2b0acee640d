import org.jspecify.annotations.NullMarked;

/** Records on replicas, requests to all of them, and durable storage. */
@NullMarked
@SuppressWarnings("module") // The modules above this one are not there yet when it is compiled.
module io.coterie.replication {
    requires transitive io.coterie.rpc;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.coterie.replication;
    exports io.coterie.replication.clock;
    exports io.coterie.replication.quorums;
    exports io.coterie.replication.spi;
    exports io.coterie.replication.storage;
    exports io.coterie.replication.internal.antientropy to
            io.coterie.consistency;
    exports io.coterie.replication.internal.budget to
            io.coterie,
            io.coterie.consistency;
    exports io.coterie.replication.internal.change to
            io.coterie,
            io.coterie.consistency;
    exports io.coterie.replication.internal.clock to
            io.coterie;
    exports io.coterie.replication.internal.disk to
            io.coterie;
    exports io.coterie.replication.internal.membership to
            io.coterie,
            io.coterie.consistency;
    exports io.coterie.replication.internal.node to
            io.coterie,
            io.coterie.consistency;
    exports io.coterie.replication.internal.policy to
            io.coterie.consistency;
    exports io.coterie.replication.internal.quorum to
            io.coterie.consistency;
    exports io.coterie.replication.internal.repair to
            io.coterie.consistency;
    exports io.coterie.replication.internal.restore to
            io.coterie,
            io.coterie.consistency;
    exports io.coterie.replication.internal.snapshot to
            io.coterie,
            io.coterie.consistency;
    exports io.coterie.replication.internal.transfer to
            io.coterie,
            io.coterie.consistency;
    // For its tests, which break what nodes send one another.
    exports io.coterie.replication.internal.wire to
            io.coterie.consistency;
}
