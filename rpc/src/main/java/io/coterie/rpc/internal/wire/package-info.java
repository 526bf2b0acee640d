/**
 * Messages as bytes: what a node sends to another, and how a message leaves the node.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>message</em>: begins with its kind; {@link Message} has the layout of each kind
 *   <li><em>correlation</em>: the number by which a caller knows its call
 *   <li><em>method id</em>: the hash of a method's name
 *   <li><em>signature</em>: the hash of the names of a method's codecs. Two nodes whose codecs
 *       differ find out by it
 *   <li><em>session</em>, <em>sequence</em>: identify a call that must not be executed twice (RIFL,
 *       Lee et al., SOSP 2015)
 *   <li><em>failure</em> ({@link Failure}): reports why a call has no answer
 *   <li><em>sender</em> ({@link MessageSender}): holds the one buffer that messages are built in
 * </ul>
 *
 * <p><b>Contract.</b> Nodes of different versions talk to each other, so no layout and no code
 * here may change; tests hold their bytes. Nothing on the wire depends on the name of a class of
 * the library.
 *
 * <p><b>Threads.</b> All of it is used on the loop. {@link MessageSender} hands a message that a
 * node sends to itself to a later task of the loop.
 *
 * <p><b>Who may call.</b> {@code client}, {@code server} and {@code core}. Connections, which
 * carry messages, do not look into them.
 */
package io.coterie.rpc.internal.wire;
