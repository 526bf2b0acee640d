/**
 * Nodes over real sockets whose connections break, are slow, or begin twice at once.
 *
 * <p>A {@code Cable} between two nodes can be cut. {@code LogText}, {@code Measured} and {@code
 * Holdings} show what a node logs, and what its process holds.
 *
 * <p>Tests of one room of {@code internal.nio} are in that room, and attacks with bytes in {@code
 * fuzz}.
 */
package io.coterie.rpc.internal.nio;
