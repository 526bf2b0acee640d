/**
 * Messages as bytes: what a node sends to another, and how a message leaves the node.
 *
 * <p><b>Words.</b> A <i>message</i> begins with its kind; {@link Message} has the layout of each
 * kind. The <i>correlation</i> is the number by which a caller knows its call. A <i>method id</i>
 * is the hash of a method's name, its <i>signature</i> the hash of the names of its codecs: two
 * nodes whose codecs differ find out by it. A <i>session</i> and a <i>sequence</i> identify a call
 * that must not be executed twice (RIFL, Lee et al., SOSP 2015). A {@link Failure} reports why a
 * call has no answer. The <i>sender</i> holds the one buffer that messages are built in.
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
