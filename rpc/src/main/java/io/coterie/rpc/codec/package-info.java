/**
 * Values as bytes: the one way in which messages, records and keys are encoded.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>codec</em> ({@link Codec}): turns values of one type into bytes and back
 *   <li><em>name</em> of a codec: stands for its encoding. Nodes compare names, so that none reads
 *       what another wrote in a different way
 *   <li><em>block</em>: an array with its length before it
 * </ul>
 *
 * <p><b>Structure.</b> A codec writes to a {@link ByteWriter}, which grows up to a limit, and reads
 * from a {@link java.nio.ByteBuffer}. {@link ByteReaders} reads what a writer wrote where that is
 * more than one call of the buffer. It allocates nothing before it has checked a length, because
 * the bytes may come from anyone. The codecs of the library are factory methods of {@link Codec}.
 *
 * <p><b>Threads.</b> A codec is used by many threads at once and runs on loops, so it has no state
 * and never blocks. A writer belongs to one thread at a time.
 *
 * <p><b>Who may call.</b> Everyone: users, whose keys and values need codecs, and all modules. The
 * package knows no other.
 */
package io.coterie.rpc.codec;
