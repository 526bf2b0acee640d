import org.jspecify.annotations.NullMarked;

/** A deterministic world for tests: virtual time, injected faults and history checkers. */
@NullMarked
module io.coterie.simulation {
    requires transitive io.coterie.rpc;
    requires static transitive org.jspecify;

    exports io.coterie.simulation;
    exports io.coterie.simulation.faults;
    exports io.coterie.simulation.history;
}
