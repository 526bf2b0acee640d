package io.coterie.rpc.spi;

/**
 * All that a node knows of the world besides its network and its disk: time, a loop to run on, and
 * chance.
 *
 * <p>Protocols use nothing else of the world. There is a real and a simulated one, and the same
 * protocol classes run in both.
 *
 * @param clock the node's clock
 * @param scheduler the node's event loop
 * @param random the node's source of random numbers
 */
public record World(Clock clock, Scheduler scheduler, RandomSource random) {}
