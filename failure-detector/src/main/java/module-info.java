import org.jspecify.annotations.NullMarked;

/** Heartbeats and suspicion: which peers seem to be up. */
@NullMarked
module io.coterie.failuredetector {
    requires transitive io.coterie.rpc;
    requires org.slf4j;
    requires static jdk.jfr;
    requires static transitive org.jspecify;

    exports io.coterie.failuredetector;
}
