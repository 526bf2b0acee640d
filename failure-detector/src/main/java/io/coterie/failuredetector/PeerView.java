package io.coterie.failuredetector;

import java.time.Duration;
import java.util.Optional;

/**
 * What a {@link FailureDetector} thinks of a peer at one moment. Times are of the steady clock.
 *
 * @param state the opinion
 * @param inState for how long it has been so; since the peer is watched if it is {@link
 *     PeerState#UNKNOWN}
 * @param silence the time since the last message of the peer, without pauses of this process; empty
 *     if none has come yet
 * @param changes how often the opinion has changed since the peer is watched, the first change from
 *     {@link PeerState#UNKNOWN} included
 */
public record PeerView(PeerState state, Duration inState, Optional<Duration> silence, long changes) {}
