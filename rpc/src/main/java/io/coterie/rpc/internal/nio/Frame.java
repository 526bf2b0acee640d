package io.coterie.rpc.internal.nio;

/**
 * The layout of what travels on a connection: length of the body (4 bytes), body, CRC32C of the body (4). The body is the
 * type (1) and the content.
 */
final class Frame {
    static final byte HELLO = 1;
    static final byte WELCOME = 2;
    static final byte REFUSAL = 3;
    static final byte MESSAGE = 4;
    static final byte PING = 5;
    static final byte PONG = 6;
    static final byte CHALLENGE = 7;
    static final byte PROOF = 8;

    /** Nothing more follows on this connection: another has taken its place. */
    static final byte LAST = 9;

    /** The key of the node that was dialed. A refusal follows; the one who dialed will know that node by this key when it dials back. */
    static final byte KEY = 10;

    /** Bytes besides the content. */
    static final int OVERHEAD_BYTES = 9;

    /** The largest body that a connection takes from somebody who has not said yet who he is. */
    static final int MAX_HANDSHAKE_BODY = 1024;

    private Frame() {}
}
