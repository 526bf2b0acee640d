package io.coterie.benchmarks;

/**
 * The systems that {@link Table} sets others beside, by the names that the parameter {@code system} gives
 * them.
 */
final class SystemNames {
    /** The limit that the machine sets: a loop that does nothing but read and write. */
    static final String RAW = "raw";

    /** The limit of a store: a majority write or read without consensus. */
    static final String RAW_QUORUM = "raw-quorum";

    static final String NETTY = "netty";
    static final String GRPC = "grpc";
    static final String JGROUPS_RAFT = "jgroups-raft";

    /** Answers in this process without a network: what it costs is the cost of measuring. */
    static final String HARNESS = "harness";

    private SystemNames() {}
}
