/**
 * Judges which peers seem to be up, by the messages that arrive from them.
 *
 * <p>{@link io.coterie.failuredetector.FailureDetector} sends each peer a heartbeat per interval,
 * notes what arrives, and reports each change of a {@link io.coterie.failuredetector.PeerState}.
 * {@link io.coterie.failuredetector.FailureDetection} is the user's choice: how often heartbeats
 * are sent, and how a silence is judged. An opinion serves preference, such as whom an
 * application asks first. No safety property depends on it.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>arrival</em>: a message of any kind came from a peer. It ends the peer's silence
 *   <li><em>inter-arrival time</em>: the time between two heartbeats of a peer. Its rhythm is
 *       learned from these alone
 *   <li><em>silence</em>: the time since the last arrival, without pauses of this node
 *   <li><em>rhythm</em>: how the inter-arrival times of a peer are distributed. A stop is no part of
 *       it; several soon after one another are a new rhythm
 *   <li><em>pause</em>: a time in which this process did not run. {@code OwnPauses} notices it, and
 *       {@code LocalHealth} sees to it that nobody is accused for it
 *   <li><em>start</em>: one process of a peer, from its beginning to its end. {@code PeerStarts} knows
 *       which is the present one
 *   <li><em>verdict</em>: what an estimator makes of a silence: up, suspected or down
 * </ul>
 *
 * <p>{@code Sightings} asks others about a peer that is silent here. {@code QualityRecord} adds up
 * how good the opinions of a peer were.
 *
 * <p>The path of a heartbeat: {@code Beats} sends it. {@code Arrivals} of the receiver gets it on
 * the loop and gives the time to a {@code WatchedPeer}, which holds all that is known of one peer.
 * The watched peer asks its {@code Estimator}, of which there is one for each kind of {@code FailureDetection}. Both are given the
 * time and read no clock, so that a simulation can replay them. Only {@code FailureDetector},
 * {@code Arrivals}, {@code Beats} and {@code Sightings} know a node and its loop.
 *
 * <p>Everything runs on the node's loop, but for listeners: {@code Deliveries} brings reports to each
 * by its own executor. Other threads may read a state, add a listener, and close the detector. The
 * settings are immutable.
 *
 * <p>Applications and the facade may call the public types. This module knows {@code
 * io.coterie.rpc} and nothing else of the library.
 *
 * <p>Sources: Hayashibara, Défago, Yared and Katayama, The φ Accrual Failure Detector, SRDS 2004;
 * Chen, Toueg and Aguilera, On the Quality of Service of Failure Detectors, 2002; Tomsic, Sens,
 * Garcia, Arantes and Sopena, 2W-FD, IPDPS 2015; Dadgar, Phillips
 * and Currey, Lifeguard, 2018.
 */
package io.coterie.failuredetector;
