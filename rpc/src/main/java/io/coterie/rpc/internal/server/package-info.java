/**
 * The serving side of a node.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>binding</em> ({@link MethodBinding}): a method with its handler
 *   <li><em>server call</em> ({@link ServerCall}): one request, until it has its one answer
 *   <li><em>admission control</em>: decides which requests run on the executor, which wait for it,
 *       and which are refused
 *   <li><em>session</em> ({@link Session}): what a server remembers of one start of a caller
 *   <li><em>reply cache</em> ({@link ReplyCache}): the answers that a caller may ask for again
 * </ul>
 *
 * <p><b>The way of a request.</b> {@link Server} finds what serves it, and answers copies of
 * earlier requests without executing them. A handler that runs on the loop is called at once. Any
 * other goes through the {@link AdmissionControl}: it runs now ({@link HandlerRun}), waits
 * ({@link WaitingRequests}), or is refused. {@link ReplyWriter} writes the answer.
 *
 * <p><b>Threads.</b> Everything runs on the loop, with two exceptions: {@link HandlerRun} calls
 * the handler on a thread of the executor, and any thread may add a served method.
 * {@link HandlerScope} is the port to the threads that run handlers: it knows which handler the
 * calling thread runs, and can interrupt it.
 *
 * <p><b>Sources.</b> At most once: RIFL (Lee et al., SOSP 2015). Turns among those that wait: fair
 * queueing (Nagle, RFC 970). The estimate of a handler's time: as TCP's of round trips (Jacobson,
 * SIGCOMM 1988).
 *
 * <p><b>Who may call.</b> {@code core} alone; threads that run handlers implement
 * {@link HandlerScope}.
 */
package io.coterie.rpc.internal.server;
