/**
 * Who a node is: the values by which nodes speak of one another.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>name</em> ({@link NodeId}): what a node is, whatever its address is at the moment
 *   <li><em>address</em> ({@link HostPort}): where a node listens
 *   <li><em>role</em> ({@link Role}): what a node may do at another one, which decides that for
 *       itself
 * </ul>
 *
 * <p><b>Why apart.</b> Users and authors of transports need these alike, and so do exceptions. They
 * know no other package of the library, so that any other may use them.
 *
 * <p><b>Threads.</b> All are immutable.
 *
 * <p><b>Who may call.</b> Everyone. A name travels, and is written to disk, as its text.
 */
package io.coterie.rpc.node;
