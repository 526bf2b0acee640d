package io.coterie.benchmarks.store;

import io.coterie.benchmarks.peers.RaftNode;
import io.coterie.benchmarks.raw.Idle;
import io.coterie.benchmarks.raw.QuorumServer;
import io.coterie.benchmarks.raw.QuorumStore;
import io.coterie.benchmarks.raw.RawLog;
import io.coterie.benchmarks.raw.RawQuorum;
import io.coterie.benchmarks.raw.RawServer;
import io.coterie.benchmarks.report.SystemNames;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedServer;
import io.coterie.benchmarks.tested.TestedStore;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The systems that can replicate a store, by name. */
final class Stores {
    private Stores() {}

    /** Starts one of the nodes that are not called. */
    static TestedServer serve(StoreSetup setup, int node) throws IOException {
        return switch (setup.system()) {
            case SystemNames.RAW ->
                RawServer.start(setup.requestBytes(), setup.answerBytes(), log(setup, node), Idle.BLOCK);
            case SystemNames.RAW_QUORUM -> QuorumServer.start(log(setup, node));
            case SystemNames.JGROUPS_RAFT -> RaftNode.start(setup, node);
            default -> CoterieNode.start(setup, node);
        };
    }

    /**
     * Starts the node that is called, once the others run. A Raft group starts its nodes itself.
     *
     * @param others where the others listen
     */
    static TestedStore connect(StoreSetup setup, List<Integer> others) throws IOException {
        return switch (setup.system()) {
            case SystemNames.RAW -> new RawQuorum(setup.requestBytes(), setup.answerBytes(), others, log(setup, 0));
            case SystemNames.RAW_QUORUM -> new QuorumStore(others, log(setup, 0));
            default -> CoterieNode.start(setup, 0).store(policy(setup.system()));
        };
    }

    /** The log of a raw node; null where nothing is forced, as reads never are. */
    private static @Nullable RawLog log(StoreSetup setup, int node) throws IOException {
        Path folder = setup.folder();
        return folder == null || !setup.puts() ? null : new RawLog(folder.resolve("raw-" + node), setup.requestBytes());
    }

    private static ConsistencyPolicy policy(String system) {
        return switch (system) {
            case "strong" -> Consistency.strong();
            case "eventual" -> Consistency.eventual();
            default ->
                throw new IllegalArgumentException("system \"" + system
                        + "\" is none of raw, raw-quorum, strong, eventual, " + SystemNames.JGROUPS_RAFT);
        };
    }
}
