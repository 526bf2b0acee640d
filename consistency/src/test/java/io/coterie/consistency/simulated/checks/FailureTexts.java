package io.coterie.consistency.simulated.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What operations of simulated clusters failed with, and which of these texts contradict
 * themselves.
 */
public final class FailureTexts {
    /** The reason of each failure that lists replicas, without the list. */
    static final Queue<String> REASONS = new ConcurrentLinkedQueue<>();

    static final Queue<String> CONTRADICTIONS = new ConcurrentLinkedQueue<>();

    private static final Pattern RECORDED = Pattern.compile("is recorded by (\\d+)(?: of the (\\d+))? replica");

    private FailureTexts() {}

    /** Forgets all that were noted. */
    public static void clear() {
        REASONS.clear();
        CONTRADICTIONS.clear();
    }

    /**
     * Notes whether its reason and what it lists of the replicas can both be true.
     */
    public static void note(Throwable failure) {
        Throwable cause = failure.getCause();
        Throwable error = failure instanceof CompletionException && cause != null ? cause : failure;
        Map<NodeId, String> replicas = replicas(error);
        if (replicas == null) {
            return;
        }
        String text = String.valueOf(error.getMessage());
        String reason = text.substring(0, text.indexOf(" Replicas: "));
        REASONS.add(reason);
        Collection<String> said = replicas.values();
        long refused = count(said, "refused: another node");
        long answered = count(said, "answered") + refused;
        int majority = Quorums.majority(replicas.size());
        require(!replicas.isEmpty(), "lists no replica", error);
        boolean isOfBoth = reason.contains("of both the members before");
        require(isOfBoth || !reason.contains("no majority") || answered < majority, "a majority answered", error);
        require(!reason.contains("no replica") || answered == 0, "a replica answered", error);
        require(
                !reason.contains("answered by no replica")
                        || count(said, "it has a value with a timestamp") + count(said, "the write's timestamp is")
                                == 0,
                "a replica answered that it does not take it",
                error);
        require(
                !reason.contains("fewer than a majority of replicas are connected")
                        || count(said, "not asked") < majority,
                "a majority is connected",
                error);
        require(
                !reason.contains("no replica is connected") || count(said, "not connected") == said.size(),
                "a replica is connected",
                error);
        require(!reason.contains("was not sent") || answered == 0, "a replica was asked", error);
        requireOpening(reason, answered, error);
        require(
                !reason.contains("was refused until") || (answered >= majority && refused > 0),
                "others are said to be in the way, and refused by nobody",
                error);
        require(
                answered < majority
                        || refused <= replicas.size() - majority
                        || !reason.contains("did not come to its end"),
                "the reason is not said",
                error);
        require(
                !(error instanceof OutcomeUnknownException) || count(said, "not asked") < replicas.size(),
                "may be applied, though nobody was asked",
                error);
        require(
                !(error instanceof OverloadedException)
                        || answered + count(said, "no answer yet") + count(said, "not asked") < majority,
                "too few refused it",
                error);
    }

    /**
     * Requires that no noted text contradicts itself, and that each of these reasons is among them.
     */
    public static void check(String... reasons) {
        List<String> wrong = List.copyOf(CONTRADICTIONS);
        assertEquals(
                List.of(),
                wrong.stream().limit(5).toList(),
                () -> wrong.size() + " of " + REASONS.size() + " texts contradict themselves");
        for (String reason : reasons) {
            assertTrue(
                    REASONS.stream().anyMatch(one -> one.contains(reason)), () -> "no failure has the text: " + reason);
        }
    }

    /**
     * If a store is not open, it has how many have recorded it, of how many that are needed.
     */
    private static void requireOpening(String reason, long answered, Throwable error) {
        Matcher recorded = RECORDED.matcher(reason);
        if (recorded.find()) {
            long by = Long.parseLong(recorded.group(1));
            require(by == answered, "not as many are said to have recorded it as have answered", error);
            require(
                    recorded.group(2) == null || by < Long.parseLong(recorded.group(2)),
                    "not open, though enough have recorded it",
                    error);
        }
    }

    private static @Nullable Map<NodeId, String> replicas(Throwable error) {
        if (error instanceof QuorumUnavailableException unavailable) {
            return unavailable.replicas();
        }
        if (error instanceof OutcomeUnknownException unknown) {
            return unknown.replicas();
        }
        return error instanceof OverloadedException overloaded
                        && !overloaded.replicas().isEmpty()
                ? overloaded.replicas()
                : null;
    }

    private static long count(Collection<String> said, String prefix) {
        return said.stream().filter(one -> one.startsWith(prefix)).count();
    }

    private static void require(boolean holds, String contradiction, Throwable error) {
        if (!holds) {
            CONTRADICTIONS.add(contradiction + ": " + error);
        }
    }
}
