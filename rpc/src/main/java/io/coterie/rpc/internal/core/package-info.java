/**
 * The node itself: it puts the calling and the serving side together.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>core</em> ({@link NodeCore}): the node that users hold, an {@link
 *       io.coterie.rpc.RpcNode}
 *   <li><em>dispatcher</em> ({@link MessageDispatcher}): where messages come in. It brings each to
 *       the loop and hands it to the caller or to the server, by its kind
 *   <li><em>loop calls</em> ({@link LoopCalls}): the side of the node that protocols on the loop
 *       use
 *   <li><em>settings</em> ({@link NodeSettings}): the bounds that the user chose
 * </ul>
 *
 * <p><b>Threads.</b> Any thread may call {@link NodeCore}, which hands the call to the loop unless
 * the calling thread runs there; the loop alone may call {@link LoopCalls}. A transport may call
 * the dispatcher by any thread, too. All that is behind the two runs on the loop.
 *
 * <p><b>Who may call.</b> Only the factories of {@code io.coterie.rpc} make a core. No other room
 * knows this one: it is at the top, above {@code client} and {@code server}, which do not know
 * each other.
 */
package io.coterie.rpc.internal.core;
