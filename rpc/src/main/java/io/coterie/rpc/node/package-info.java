/**
 * Who a node is: the values by which nodes speak of one another.
 *
 * <p><b>Words.</b> A <i>name</i> ({@link NodeId}) is what a node is, whatever its address is at the
 * moment. An <i>address</i> ({@link HostPort}) is where it listens. A <i>role</i> ({@link Role}) is
 * what it may do at another node, which decides that for itself.
 *
 * <p><b>Why apart.</b> Users and authors of transports need these alike, and so do exceptions. They
 * know no other package of the library, so that any other may use them.
 *
 * <p><b>Threads.</b> All are immutable.
 *
 * <p><b>Who may call.</b> Everyone. A name travels, and is written to disk, as its text.
 */
package io.coterie.rpc.node;
