package io.coterie.rpc.internal.nio.connection;

/**
 * The layout of a frame, the unit of a connection: length of the body (4 bytes), body, CRC32C of
 * the body (4). The body is the type (1) and the content.
 */
public final class Frame {
    public static final byte HELLO = 1;
    public static final byte WELCOME = 2;
    public static final byte REFUSAL = 3;
    public static final byte MESSAGE = 4;
    public static final byte PING = 5;
    public static final byte PONG = 6;
    public static final byte CHALLENGE = 7;
    public static final byte PROOF = 8;

    /** The sender sends nothing more on this connection, because another one has replaced it. */
    public static final byte GOAWAY = 9;

    /**
     * The key of the node that was dialed. A refusal follows; the dialer will know that node by the
     * key when it dials back.
     */
    public static final byte KEY = 10;

    /** The bytes of a frame without its content. */
    static final int OVERHEAD_BYTES = 9;

    /** The largest body that a connection accepts before the handshake is complete. */
    public static final int MAX_HANDSHAKE_BODY = 1024;

    private Frame() {}
}
