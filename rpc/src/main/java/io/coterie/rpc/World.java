package io.coterie.rpc;

/**
 * All that a node knows of the world besides its network and its disk: time, a loop to run on, chance.
 *
 * <p>Protocols never reach around it. The real world and a simulated one implement it; the same protocol classes run in
 * both.
 *
 * @param clock the node's clock
 * @param scheduler the node's event loop
 * @param random the node's source of chance
 */
public record World(Clock clock, Scheduler scheduler, RandomSource random) {}
