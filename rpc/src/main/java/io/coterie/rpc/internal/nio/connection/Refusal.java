package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * What the node that was dialed answers when it does not take the connection: a code (1 byte), and for people a text in the
 * words of the one who dialed (a length of 1 byte and text).
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

    /** Both have a shared secret, and not the same, or somebody in between has changed what they said. */
    public static final byte OTHER_SECRET = 8;

    /** The certificate is another node's. */
    public static final byte OTHER_CERTIFICATE = 9;

    /** One of the two speaks TLS, and the other does not. */
    public static final byte PLAIN_AND_TLS = 10;

    /** The node that was dialed has as many connections as it may. */
    public static final byte TOO_MANY = 11;

    /** Its name is a replica's, and what it has proven is not enough for that. */
    public static final byte OTHER_ROLE = 12;

    /** Its key is not the one by which its name is known, or it has shown none. */
    public static final byte OTHER_KEY = 13;

    /** Not a fault: its key is not known yet, and becomes so when it is dialed. */
    public static final byte KEY_NOT_KNOWN = 14;

    /** Codes of what the one who dialed had better hear, and people too. */
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
        Names.write(out, text);
    }

    public static Refusal read(ByteBuffer in) throws FrameException {
        return Names.reading("refusal", () -> new Refusal(in.get(), Names.read(in)));
    }
}
