package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * The answer of the node that was dialed when it does not accept the connection: a code (1 byte),
 * and a human-readable text from the view of the dialer (a length of 1 byte and text).
 */
public record Refusal(byte code, String text) {
    public static final byte OTHER_CLUSTER = 1;
    public static final byte OTHER_VERSION = 2;
    public static final byte OTHER_NODE = 3;
    public static final byte ITSELF = 4;
    public static final byte NAME_TAKEN = 5;

    /** Not a fault: both dialed each other, and the other connection stays. */
    public static final byte ALREADY_CONNECTED = 6;

    /** Only one of the two has a shared secret. */
    public static final byte OTHER_SECURITY = 7;

    /** The shared secrets differ, or somebody in between has changed what the two sent. */
    public static final byte OTHER_SECRET = 8;

    /** The certificate is another node's. */
    public static final byte OTHER_CERTIFICATE = 9;

    /** One of the two speaks TLS, and the other does not. */
    public static final byte PLAIN_AND_TLS = 10;

    /** The node that was dialed has as many connections as it may. */
    public static final byte TOO_MANY = 11;

    /** The dialer has the name of a replica, and has not proven enough for that. */
    public static final byte OTHER_ROLE = 12;

    /** The dialer has shown another key than its name is known by, or none. */
    public static final byte OTHER_KEY = 13;

    /**
     * Not a fault: the dialer's key is not known yet, and becomes known when this node dials it.
     */
    public static final byte KEY_NOT_KNOWN = 14;

    /**
     * Not a fault: the dialer did not say whom it dials, and is connected to it already. The text
     * is the name of the node that was dialed.
     */
    public static final byte CONNECTED_AS = 15;

    /** The codes of refusals that an operator must fix. */
    public static final Set<Byte> FAULTS = Set.of(
            OTHER_CLUSTER,
            OTHER_VERSION,
            OTHER_NODE,
            ITSELF,
            NAME_TAKEN,
            OTHER_SECURITY,
            OTHER_SECRET,
            OTHER_CERTIFICATE,
            OTHER_KEY,
            TOO_MANY,
            OTHER_ROLE);

    public void writeTo(ByteWriter out) {
        out.putByte(code);
        HandshakeTexts.write(out, text);
    }

    public static Refusal read(ByteBuffer in) throws FrameException {
        return HandshakeTexts.reading("refusal", () -> new Refusal(in.get(), HandshakeTexts.read(in)));
    }
}
