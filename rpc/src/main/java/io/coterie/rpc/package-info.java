/**
 * Calls between the nodes of a cluster: what a user of the module calls.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>node</em> ({@link RpcNode}): serves {@linkplain RpcMethod methods} and calls those of
 *       its peers
 *   <li><em>handler</em>: answers the requests of a method. {@link RpcHandler} returns its answer,
 *       {@link InlineHandler} may leave it with a {@link Responder} later
 *   <li><em>call</em>: ends once, with an answer or with an exception. Its {@link CallOptions} hold
 *       its timeout and its <em>retry policy</em>
 *   <li><em>retry budget</em>: bounds the retries of all calls of a node
 *   <li><em>security</em> ({@link Security}): how connections are protected
 * </ul>
 *
 * <p><b>Structure.</b> {@link RpcNodeBuilder} has the options of a node and starts it, over TCP or
 * over a transport of the user's. The other exported packages lie below this one and know nothing
 * of it:
 *
 * <ul>
 *   <li>{@code node}: names, addresses and roles
 *   <li>{@code codec}: values as bytes
 *   <li>{@code error}: the exceptions
 *   <li>{@code spi}: what authors of transports and protocols implement or get
 * </ul>
 *
 * <p><b>Threads.</b> Each node has one loop. Any thread may call a node and the other types here,
 * with two exceptions: {@link NodeLoop} and {@link Responder} are for the loop alone. Listeners,
 * {@linkplain InlineHandler inline} handlers and stages of futures run on the loop, so they must
 * not block. Other handlers run on the node's executor.
 *
 * <p><b>Who may call.</b> Users, and all modules of the library.
 *
 * <p><b>What lies behind.</b> The packages under {@code internal} implement this one. It names them
 * in its factories alone: {@code NodeAssembly}, {@code Security} and {@code TcpChoices}. A test
 * holds that.
 */
package io.coterie.rpc;
