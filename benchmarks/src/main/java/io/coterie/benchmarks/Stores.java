package io.coterie.benchmarks;

import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import java.io.IOException;
import java.util.List;

/** Those who can replicate a store, by name. */
final class Stores {
    static final String RAFT = "jgroups-raft";

    private Stores() {}

    /** Starts one of the nodes that are not called. */
    static EchoServer serve(StoreSetup setup, int node) throws IOException {
        return switch (setup.system()) {
            case "raw" -> RawServer.start(setup.requestBytes(), setup.answerBytes(), setup.log(node), Idle.BLOCK);
            case "raw-quorum" -> QuorumServer.start(setup.log(node));
            case RAFT -> RaftNode.start(setup, node);
            default -> CoterieNode.start(setup, node);
        };
    }

    /**
     * Starts the node that is called, when the others run; not of a Raft group.
     *
     * @param others where those listen
     */
    static TestedStore connect(StoreSetup setup, List<Integer> others) throws IOException {
        return switch (setup.system()) {
            case "raw" -> new RawQuorum(setup.requestBytes(), setup.answerBytes(), others, setup.log(0));
            case "raw-quorum" -> new QuorumStore(others, setup.log(0));
            default -> CoterieNode.start(setup, 0).store(policy(setup.system()));
        };
    }

    private static ConsistencyPolicy policy(String system) {
        return switch (system) {
            case "strong" -> Consistency.strong();
            case "eventual" -> Consistency.eventual();
            default ->
                throw new IllegalArgumentException(
                        "system \"" + system + "\" is none of raw, raw-quorum, strong, eventual, " + RAFT);
        };
    }
}
