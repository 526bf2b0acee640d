package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the members for a node that knows addresses only. It asks all addresses who is there, and
 * each node that it finds for the configuration, until it has one. Afterwards it looks on while a
 * member is not connected: the members may have moved while this node was away.
 *
 * <p>Only to be used on the loop, except where something else is said.
 */
final class MemberSearch {
    private static final Logger log = LoggerFactory.getLogger(MemberSearch.class);

    private static final RetryPolicy PAUSES = RetryPolicy.exponential(Duration.ofMillis(100), Duration.ofSeconds(30))
            .withJitter();

    /** Somebody waits for the first member. */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long REMINDER_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Names that were found are kept, so that nobody fills the memory with them. */
    private static final int MAX_FOUND = 64;

    /** A host with many addresses may answer in many ways. */
    private static final int MAX_TEXTS = 16;

    private final RpcNode node;
    private final List<HostPort> addresses;
    private final CurrentConfiguration current;
    private final ConfigurationExchange exchange;
    private final Runnable onNews;
    private final Repetition rounds;
    private final Repetition reminders;

    /** The addresses from which an answer is awaited. */
    private final Set<HostPort> asked = new HashSet<>();

    private final Map<HostPort, Integer> attempts = new HashMap<>();
    private final Map<HostPort, String> answers = new LinkedHashMap<>();
    private final Map<HostPort, Set<String>> logged = new HashMap<>();
    private final Set<NodeId> found = new LinkedHashSet<>();
    private int failures;
    private long since;
    private boolean over;

    /** Read by any thread. */
    private volatile @Nullable String problem;

    /** @param onNews runs when {@link #problem} has changed */
    MemberSearch(
            RpcNode node,
            List<HostPort> addresses,
            CurrentConfiguration current,
            ConfigurationExchange exchange,
            Runnable onNews) {
        this.node = node;
        this.addresses = addresses;
        this.current = current;
        this.exchange = exchange;
        this.onNews = onNews;
        this.rounds = new Repetition(node.world().scheduler(), LOOK_NANOS, this::look);
        this.reminders = new Repetition(node.world().scheduler(), REMINDER_NANOS, this::remind);
        this.problem = current.now() == null ? text() : null;
    }

    void start() {
        since = node.world().clock().nanos();
        if (current.now() == null) {
            log.info("node {} looks for the members of its cluster at {}", node.self(), addresses);
            onNews.run();
        }
        current.onAdoption(adopted -> {
            problem = null;
            reminders.cancel();
        });
        if (current.now() == null) {
            reminders.in(REMINDER_NANOS);
        }
        rounds.guard(this::look);
    }

    void stop() {
        over = true;
        rounds.cancel();
        reminders.cancel();
    }

    /**
     * What the search for the first member has met, as a human-readable text; null once there is a
     * configuration. May be called by any thread.
     */
    @Nullable
    String problem() {
        return problem;
    }

    private void look() {
        if (areAllConnected()) {
            failures = 0;
            rounds.in(LOOK_NANOS);
            return;
        }
        failures++;
        long pause = PAUSES.backoffNanos(failures, node.world().random());
        rounds.in(current.now() == null ? Math.min(pause, FIRST_PAUSE_NANOS) : pause);
        addresses.forEach(this::ask);
        exchange.pull(List.copyOf(found));
    }

    private boolean areAllConnected() {
        Configuration adopted = current.now();
        return adopted != null
                && adopted.members().stream()
                        .map(member -> member.id().node())
                        .allMatch(member -> member.equals(node.self()) || node.isConnected(member));
    }

    private void ask(HostPort address) {
        if (asked.add(address)) {
            int attempt = attempts.merge(address, 1, Integer::sum) - 1;
            node.loop().find(address, attempt, finding -> heard(address, finding));
        }
    }

    private void heard(HostPort address, Finding finding) {
        asked.remove(address);
        if (over) {
            return;
        }
        NodeId named = finding.node();
        if (named != null) {
            if (found.size() >= MAX_FOUND) {
                found.remove(found.iterator().next());
            }
            found.add(named);
            exchange.pull(named);
        }
        answers.put(address, finding.text());
        log(address, finding);
        if (current.now() == null) {
            problem = text();
            onNews.run();
        }
    }

    private void log(HostPort address, Finding finding) {
        Set<String> known = logged.computeIfAbsent(address, any -> new HashSet<>());
        if (known.size() >= MAX_TEXTS || !known.add(finding.text())) {
            return;
        }
        switch (finding.kind()) {
            case OTHER_CLUSTER ->
                log.error(
                        "node {} does not join through {}: it belongs to another cluster: {}",
                        node.self(),
                        address,
                        finding.text());
            case REFUSED -> log.warn("node {} does not join through {}: {}", node.self(), address, finding.text());
            case FOUND, SILENT -> log.info("node {} looked at {}: {}", node.self(), address, finding.text());
            case ITSELF -> log.debug("node {} looked at {}: {}", node.self(), address, finding.text());
        }
    }

    private String text() {
        List<String> said = new ArrayList<>();
        for (HostPort address : addresses) {
            String answer = answers.get(address);
            said.add(address + ": " + (answer == null ? "no answer yet" : answer));
        }
        String who = found.isEmpty()
                ? "no member is known yet"
                : "none of " + found.stream().map(NodeId::name).collect(Collectors.joining(", "))
                        + " knows the members yet: the cluster is not founded, or these wait as well";
        return who + ". It looks for one at " + String.join("; ", said);
    }

    private void remind() {
        String waits = problem;
        if (over || waits == null) {
            return;
        }
        reminders.in(REMINDER_NANOS);
        Duration waited = Duration.ofSeconds(
                TimeUnit.NANOSECONDS.toSeconds(node.world().clock().nanos() - since));
        log.warn(
                "{}: this node has waited to join its cluster for {}: {}. Start the members, or correct the addresses of"
                        + " joining",
                node.self(),
                Durations.text(waited),
                waits);
    }
}
