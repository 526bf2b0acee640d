/**
 * The messages between nodes and replicas: the methods, and the layout of each request and answer.
 *
 * <p>Both sides know this room, and it knows neither of them. {@code ReplicaMethods} and the {@code
 * …Method} classes define the requests to replicas. The requests of a {@code BatchMethod} may
 * travel together as one message ({@code BatchedRequests}, {@code BatchedAnswers}).
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>method</em>: a name that travels, two codecs, and the role that may call it. All
 *       requests may be repeated
 *   <li><em>refusal</em>: the failure of a request at a replica. It travels as the code of a {@code
 *       RefusalKind} and a text
 *   <li><em>sized</em>: said of a value that follows its length, so that it can be skipped
 *   <li><em>remembered</em>: the incarnation and the latest start of a replica, as another one
 *       remembers them
 *   <li><em>limit</em>: a bound of a replica that nodes observe by themselves ({@code
 *       ReplicaLimits})
 * </ul>
 *
 * <p>The names and the bytes are a contract between versions: tests with golden bytes check them,
 * and the page on formats lists them. They must not contain the name of a class or a constant of
 * this module.
 *
 * <p><em>Threading:</em> everything here is immutable, except for the batches, which belong to the
 * loop that fills or reads them. The proposer's side, the acceptor's side and the repair call it.
 */
package io.coterie.replication.internal.wire;
