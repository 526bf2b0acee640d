package io.coterie.replication;

import io.coterie.rpc.RetryPolicy;
import java.time.Duration;
import java.util.Map;

/**
 * How replicas are asked.
 *
 * @param attemptTimeout after how long without an answer a replica is asked again; default 500 ms.
 *     Only where the transport loses messages without telling: over one that {@linkplain
 *     io.coterie.rpc.Transport#tellsOfLoss() tells of loss}, as TCP, a replica is asked again when
 *     the connection was lost, and never because its answer takes long
 * @param retry how long to wait before a replica that failed to answer is asked again; default 5 ms
 *     doubling to 1 s, with jitter. One of which nothing was heard is asked again as soon as it is
 *     heard of. It must not bound the attempts: the operation's deadline ends them
 * @param majorityGrace for how long an operation that would begin waits while fewer than a majority
 *     of replicas are connected, or none where it needs one only, before it is refused; zero to one
 *     hour, default 1 s. It is counted from when they were lost
 * @param rules what replicas take for the stores of policies, by the policies' names; default none,
 *     so that all is taken
 * @param readOnly whether this node only reads, and asks replicas for nothing that they deny to
 *     {@linkplain io.coterie.rpc.Role#READER readers}; default false. Not for replicas
 */
public record ReplicationOptions(
        Duration attemptTimeout,
        RetryPolicy retry,
        Duration majorityGrace,
        Map<String, StoreRules> rules,
        boolean readOnly) {
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(1);

    /** Checks the timeout, and copies the rules. */
    public ReplicationOptions {
        rules = Map.copyOf(rules);
        if (attemptTimeout.isZero() || attemptTimeout.isNegative() || attemptTimeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "attemptTimeout " + text(attemptTimeout) + " is not above zero and at most " + text(MAX_TIMEOUT));
        }
        if (majorityGrace.isNegative() || majorityGrace.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "majorityGrace " + text(majorityGrace) + " is not between zero and " + text(MAX_TIMEOUT));
        }
        if (retry.maxAttempts() != Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "retry: " + retry + " would give up on a replica for good; leave withMaxAttempts out");
        }
    }

    /** The same for a node that writes, too. */
    public ReplicationOptions(
            Duration attemptTimeout, RetryPolicy retry, Duration majorityGrace, Map<String, StoreRules> rules) {
        this(attemptTimeout, retry, majorityGrace, rules, false);
    }

    /** The same with no rules. */
    public ReplicationOptions(Duration attemptTimeout, RetryPolicy retry, Duration majorityGrace) {
        this(attemptTimeout, retry, majorityGrace, Map.of());
    }

    /** The same with the default grace. */
    public ReplicationOptions(Duration attemptTimeout, RetryPolicy retry) {
        this(attemptTimeout, retry, DEFAULT_GRACE);
    }

    /** The same with other rules. */
    public ReplicationOptions withRules(Map<String, StoreRules> others) {
        return new ReplicationOptions(attemptTimeout, retry, majorityGrace, others, readOnly);
    }

    /** The same for a node that only reads, or does not. */
    public ReplicationOptions withReadOnly(boolean only) {
        return new ReplicationOptions(attemptTimeout, retry, majorityGrace, rules, only);
    }

    /** As people write it: {@code 1 s}, {@code 500 ms}. */
    private static String text(Duration duration) {
        return duration.getNano() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** The defaults. */
    public static ReplicationOptions defaults() {
        return new ReplicationOptions(
                Duration.ofMillis(500),
                RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofSeconds(1))
                        .withJitter());
    }
}
