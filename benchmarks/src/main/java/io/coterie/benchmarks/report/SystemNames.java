package io.coterie.benchmarks.report;

/**
 * The systems that {@link Table} sets others beside, by the names that the parameter {@code system}
 * gives them.
 */
public final class SystemNames {
    /** The limit that the machine sets: a loop that does nothing but read and write. */
    public static final String RAW = "raw";

    /** The limit of a store: a majority write or read without consensus. */
    public static final String RAW_QUORUM = "raw-quorum";

    public static final String NETTY = "netty";
    public static final String GRPC = "grpc";
    public static final String JGROUPS_RAFT = "jgroups-raft";

    /** Answers in this process without a network: what it costs is the cost of measuring. */
    public static final String HARNESS = "harness";

    private SystemNames() {}
}
