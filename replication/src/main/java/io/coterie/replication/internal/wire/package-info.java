/**
 * What travels between nodes and replicas: the methods, and the layout of each request and answer.
 *
 * <p>Both sides know this room, and it knows neither of them. {@code ReplicaMethods} and the {@code
 * …Method} classes define what replicas can be asked for. A {@code BatchMethod} is one of which
 * many requests travel as one message ({@code BatchedRequests}, {@code BatchedAnswers}).
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>method</em>: a name that travels, two codecs, and who may call it. All of them may be
 *       sent again
 *   <li><em>refusal</em>: a replica did not do what it was asked for. It travels as the code of a
 *       {@code RefusalKind} and a text
 *   <li><em>sized</em>: a value behind its length, so that it can be passed over
 *   <li><em>remembered</em>: what one replica keeps of another one's incarnation and latest start
 *   <li><em>limit</em>: what a replica takes, and a node keeps to ({@code ReplicaLimits})
 * </ul>
 *
 * <p>The names and the bytes are a contract between versions: tests of golden bytes hold them, and
 * the page on formats lists them. No class or constant may be named in them.
 *
 * <p>Everything here is immutable, except for the batches, which belong to the loop that fills or
 * reads them. The proposer's side, the acceptor's side and the repair call it.
 */
package io.coterie.replication.internal.wire;
