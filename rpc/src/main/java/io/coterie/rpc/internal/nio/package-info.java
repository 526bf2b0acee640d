/** The real world of a node: its loop, clock and chance, and TCP. The only package here that knows threads and sockets. */
package io.coterie.rpc.internal.nio;
