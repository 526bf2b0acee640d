/**
 * Faults that hit the protocol where it is most sensitive, beside those of the simulation's
 * nemesis.
 *
 * <p>{@code StruckMoments} watches the journals of replicas for a promise or a state. {@code
 * PromiseFaults} strikes between a promise and its use, {@code HalfwayFaults} when a minority has
 * accepted, and {@code RemovalFaults} while a key is deleted and forgotten. A {@code LyingClient}
 * asks for what no honest node asks. {@code TimerFaultsTest} has the tasks of timers throw.
 */
package io.coterie.consistency.simulated.faults;
