import org.jspecify.annotations.NullMarked;

/** Calls between the nodes of a cluster, and the world that protocols run in. */
@NullMarked
module io.coterie.rpc {
    requires com.github.benmanes.caffeine;
    requires java.naming;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.coterie.rpc;
}
