/**
 * The calling side of a node.
 *
 * <p><b>Words.</b> A <i>call</i> is what the user asked for, an <i>attempt</i> is one request of
 * it. A call is <i>pending</i> from its first request until it ends. It ends once: by its answer,
 * by its deadline, by the loss of its peer, or because it was cancelled. A <i>retry</i> is an
 * attempt after a failed one; it takes a token of the peer's bucket, so that retries cannot
 * multiply the load of a peer in trouble. A <i>hedged</i> call asks a second peer when the first is
 * slow. {@link Failures} has the texts of failures on the own side of a caller.
 *
 * <p><b>Structure.</b> {@link Caller} has a {@link CalledPeer} for each peer and one
 * {@link CallTable} of all pending calls. {@link CallFuture} is a call of a user, with its
 * {@link RetryState}; {@link SentCall} is a call of a protocol, which gets one attempt.
 * {@link RetryScheduler} decides whether another attempt follows, and keeps the calls that wait for
 * theirs. {@link CallIds} numbers the calls that must not be executed twice.
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
