package io.coterie.rpc.internal.wire;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.util.Fnv;

/**
 * The layout of messages. All begin with their kind (1 byte); all but {@link #TELL} continue with
 * the correlation id (8) by which the caller knows its call. Then:
 *
 * <ul>
 *   <li>{@link #REQUEST}: method id (4), its codecs' signature (4), the caller's remaining time in
 *       microseconds (8), payload
 *   <li>{@link #REQUEST_ONCE}: the same, and before the payload the caller's start id (8), session
 *       (8), sequence (8), and the lowest sequence that the caller still waits for (8)
 *   <li>{@link #REPLY}: payload
 *   <li>{@link #FAILURE}: a {@link Failure}
 *   <li>{@link #CANCEL}: nothing
 *   <li>{@link #TELL}: method id (4), signature (4), payload
 * </ul>
 */
public final class Message {
    public static final byte REQUEST = 1;
    public static final byte REPLY = 2;
    public static final byte FAILURE = 3;
    public static final byte TELL = 4;
    public static final byte CANCEL = 5;
    public static final byte REQUEST_ONCE = 6;

    /** No session: a call under it is never executed, and is answered with the session to use. */
    public static final long NO_SESSION = 0;

    /** The most that a message takes before its payload. */
    public static final int MAX_HEADER_BYTES = 57;

    private Message() {}

    public static void putRequest(
            ByteWriter out, byte kind, long correlation, int methodId, int signature, long remainingMicros) {
        out.putByte(kind)
                .putLong(correlation)
                .putInt(methodId)
                .putInt(signature)
                .putLong(remainingMicros);
    }

    public static void putCallId(ByteWriter out, long startId, long session, long sequence, long firstOpen) {
        out.putLong(startId).putLong(session).putLong(sequence).putLong(firstOpen);
    }

    public static void putAnswer(ByteWriter out, byte kind, long correlation) {
        out.putByte(kind).putLong(correlation);
    }

    public static void putTell(ByteWriter out, int methodId, int signature) {
        out.putByte(TELL).putInt(methodId).putInt(signature);
    }

    /** The method's number on the wire: FNV-1a over the UTF-8 bytes of its name. */
    public static int methodId(String name) {
        return Fnv.hash32(name);
    }

    /**
     * The number by which caller and server find that their codecs differ; zero if a codec has no
     * name.
     */
    public static int signature(RpcMethod<?, ?> method) {
        String request = method.request().name();
        String response = method.response().name();
        if (request.isEmpty() || response.isEmpty()) {
            return 0;
        }
        int hash = Fnv.hash32(request + '\0' + response);
        return hash == 0 ? 1 : hash;
    }
}
