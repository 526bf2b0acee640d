/**
 * How operations fail: the exceptions of the library, and what a handler throws to be understood.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>maybe executed</em>: what each exception reports of its operation. If it was not, it
 *       certainly had no effect and may be tried again
 *   <li><em>call</em>: fails with one of the kinds that {@link RpcException} permits, and no other
 *   <li><em>coded failure</em> ({@link CodedFailure}): a failure of a handler that travels as a
 *       number; the caller finds it in a {@link RemoteException}
 * </ul>
 *
 * <p><b>Structure.</b> {@link CoterieException} is the root of all, those of other modules
 * included. By when a call ends:
 *
 * <ul>
 *   <li>before it is sent: {@link PeerUnavailableException}, {@link NodeClosedException}
 *   <li>refused, here or at the peer: {@link OverloadedException},
 *       {@link NotPermittedException}, {@link UnknownMethodException},
 *       {@link MessageTooLargeException}, {@link MalformedMessageException}; the last two also
 *       where it is the answer that is too large or unreadable
 *   <li>without an answer: {@link ConnectionLostException}, {@link DeadlineExceededException}
 *   <li>with an answer that is no result: {@link RemoteException},
 *       {@link OutcomeForgottenException}
 * </ul>
 *
 * <p>{@link ListenException} is of no call: the node did not start.
 *
 * <p><b>Threads.</b> Exceptions of calls are made on loops and have no stack trace, which would
 * show the loop and not the caller. All are immutable.
 *
 * <p><b>Who may call.</b> Users catch them. The library makes them; of these types, handlers of
 * users throw {@link OverloadedException} and coded failures.
 */
package io.coterie.rpc.error;
