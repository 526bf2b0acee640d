package io.coterie.rpc.internal.core;

import io.coterie.rpc.RetryBudget;
import java.time.Duration;

/**
 * The bounds of a node.
 *
 * @param maxPayloadBytes the largest request or answer
 * @param maxInFlight the calls in flight to each peer, and the unanswered requests of each
 * @param retryBudget the retries to each peer
 * @param maxRunning the requests that the executor has at once
 * @param maxWaiting the requests that wait for the executor
 * @param replyCacheBytes the answers kept for calls that must not be executed twice
 * @param replyCacheTtl how long those are kept
 */
public record NodeSettings(
        int maxPayloadBytes,
        int maxInFlight,
        RetryBudget retryBudget,
        int maxRunning,
        int maxWaiting,
        long replyCacheBytes,
        Duration replyCacheTtl) {}
