/**
 * Calls between the nodes of a cluster, and the ports through which protocols reach the world.
 *
 * <p><b>For callers.</b> {@link RpcNode} is a node: it serves {@linkplain RpcMethod methods} and
 * calls those of its peers. {@link RpcNodeBuilder} makes one, over TCP or over a transport of the
 * user's. A call ends once: with an answer, or with an {@link RpcException}, which says whether
 * the peer may have executed it. {@link CallOptions} hold a call's timeout and its retries,
 * {@link RetryPolicy} how long a retry waits, {@link Security} how connections are protected.
 *
 * <p><b>For protocols.</b> A protocol takes time, chance and turns of the loop from its
 * {@link World}, and messages from a {@link Transport}. The real ones are in packages under
 * {@code io.coterie.rpc.internal.nio}, the simulated ones in the module
 * {@code io.coterie.simulation}: the same protocol runs on both.
 *
 * <p><b>Threads.</b> Each node has one loop. Any thread may call a peer; stages of futures run on
 * the loop, so they must not block. Methods that are for the loop alone throw when another thread
 * calls them. Handlers run on the executor of the node, unless they are
 * {@linkplain InlineHandler inline}.
 *
 * <p><b>What lies behind.</b> This package names what implements it in its factories alone:
 * {@code NodeAssembly}, {@code Security} and {@code TcpChoices}. A test holds that.
 */
package io.coterie.rpc;

import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
