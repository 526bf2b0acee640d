package io.coterie.replication;

import io.coterie.replication.spi.StoreRules;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a node asks replicas. Immutable.
 *
 * @param attemptTimeout after how long without an answer a replica is asked again; above zero and
 *     at most 1 h, default 500 ms. It counts only where the transport may lose messages silently.
 *     Over a transport that {@linkplain io.coterie.rpc.spi.Transport#reportsLoss() reports loss},
 *     such as TCP, a replica is asked again when its connection was lost, and never because an
 *     answer is slow
 * @param retry how long to wait before a replica that failed is asked again; default 5 ms, doubling
 *     up to 1 s, with jitter. A silent replica is asked again as soon as something arrives from it.
 *     The policy must not bound the number of attempts: the operation's deadline ends them
 * @param majorityGrace for how long new operations wait while fewer replicas are connected than
 *     they need, before they are refused; zero to 1 h, default 1 s. The time counts from the loss
 *     of the connections. A longer grace bridges longer interruptions; a shorter one makes
 *     operations fail sooner
 * @param rules what this replica accepts for the stores of a policy, by the policies' names;
 *     default none, so that it accepts everything. Unused at nodes that are no replicas
 * @param readOnly whether this node only reads, and asks replicas for nothing that they deny to
 *     {@linkplain io.coterie.rpc.node.Role#READER readers}; default false. A replica must not be
 *     read-only
 * @param addresses where replicas listen, as hosts and ports, for the configuration of a new
 *     cluster; default none. Unused where the cluster has a configuration
 * @param joining where to look for members whose names are not known; default nowhere. A node that
 *     looks for members never founds a cluster
 */
public record ReplicationOptions(
        Duration attemptTimeout,
        RetryPolicy retry,
        Duration majorityGrace,
        Map<String, StoreRules> rules,
        boolean readOnly,
        Map<NodeId, String> addresses,
        List<HostPort> joining) {
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(1);

    /**
     * Checks the values, and copies the maps.
     *
     * @throws IllegalArgumentException if a duration is out of its range, or the retry policy
     *     bounds the attempts
     */
    public ReplicationOptions {
        rules = Map.copyOf(rules);
        addresses = Map.copyOf(addresses);
        joining = List.copyOf(joining);
        if (attemptTimeout.isZero() || attemptTimeout.isNegative() || attemptTimeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("attemptTimeout " + Durations.text(attemptTimeout)
                    + " is not above zero and at most " + Durations.text(MAX_TIMEOUT));
        }
        if (majorityGrace.isNegative() || majorityGrace.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("majorityGrace " + Durations.text(majorityGrace)
                    + " is not between zero and " + Durations.text(MAX_TIMEOUT));
        }
        if (retry.maxAttempts() != Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "retry: " + retry + " would give up on a replica for good; leave withMaxAttempts out");
        }
    }

    /** Options of a node that may write. */
    public ReplicationOptions(
            Duration attemptTimeout, RetryPolicy retry, Duration majorityGrace, Map<String, StoreRules> rules) {
        this(attemptTimeout, retry, majorityGrace, rules, false, Map.of(), List.of());
    }

    /** Options without rules, of a node that may write. */
    public ReplicationOptions(Duration attemptTimeout, RetryPolicy retry, Duration majorityGrace) {
        this(attemptTimeout, retry, majorityGrace, Map.of());
    }

    /** Options with the default grace and without rules, of a node that may write. */
    public ReplicationOptions(Duration attemptTimeout, RetryPolicy retry) {
        this(attemptTimeout, retry, DEFAULT_GRACE);
    }

    /** A copy with other rules. */
    public ReplicationOptions withRules(Map<String, StoreRules> others) {
        return new ReplicationOptions(attemptTimeout, retry, majorityGrace, others, readOnly, addresses, joining);
    }

    /** A copy for a node that only reads, or for one that may write. */
    public ReplicationOptions withReadOnly(boolean only) {
        return new ReplicationOptions(attemptTimeout, retry, majorityGrace, rules, only, addresses, joining);
    }

    /** A copy with other addresses. */
    public ReplicationOptions withAddresses(Map<NodeId, String> others) {
        return new ReplicationOptions(attemptTimeout, retry, majorityGrace, rules, readOnly, others, joining);
    }

    /** A copy that looks for members at other addresses. */
    public ReplicationOptions withJoining(List<HostPort> others) {
        return new ReplicationOptions(attemptTimeout, retry, majorityGrace, rules, readOnly, addresses, others);
    }

    /** The default of each option. */
    public static ReplicationOptions defaults() {
        return new ReplicationOptions(
                Duration.ofMillis(500),
                RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofSeconds(1))
                        .withJitter());
    }
}
