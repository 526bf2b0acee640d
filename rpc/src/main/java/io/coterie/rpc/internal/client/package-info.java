/**
 * The calling side of a node.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>call</em>: what the user asked for. It ends once: by its answer, by its deadline, by
 *       the loss of its peer, or because it was cancelled
 *   <li><em>attempt</em>: one request of a call
 *   <li><em>pending</em>: said of a call from its first request until it ends
 *   <li><em>retry</em>: an attempt after a failed one. It takes a token of the peer's bucket, so
 *       that retries cannot multiply the load of a peer in trouble
 *   <li><em>hedged</em>: said of a call that asks a second peer when the first is slow
 * </ul>
 *
 * <p><b>Structure.</b> {@link Caller} has a {@link CalledPeer} for each peer and one
 * {@link CallTable} of all pending calls. {@link CallFuture} is a call of a user, with its
 * {@link RetryState}; {@link SentCall} is a call of a protocol, which gets one attempt.
 * {@link RetryScheduler} decides whether another attempt follows, and keeps the calls that wait for
 * theirs. {@link CallIds} numbers the calls that must not be executed twice. {@link
 * Failures} has the texts of failures on the own side of a caller.
 *
 * <p><b>Threads.</b> All of it lives on the loop. Other threads see no more than a call's future.
 * A call without retries is one object; what only retries need is in {@link RetryState}.
 *
 * <p><b>Sources.</b> At most once: RIFL (Lee et al., SOSP 2015). Hedged requests: The Tail at
 * Scale (Dean and Barroso, CACM 2013).
 *
 * <p><b>Who may call.</b> {@code core} alone. The serving side is not known here.
 */
package io.coterie.rpc.internal.client;
