package io.coterie.rpc.internal.wire;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Valid messages of every kind, for tests that make them invalid, and what such tests must know of
 * the layout.
 */
public final class SampleMessages {
    private static final long START_ID = 0x5AFE;
    private static final long CORRELATION = 0x0102030405060708L;
    private static final long SECOND_MICROS = 1_000_000;
    private static final int CORRELATION_AT = 1;
    private static final int SESSION_AT = 33;
    private static final int SEQUENCE_AT = 41;

    private SampleMessages() {}

    /** A request that waits a minute for its answer. */
    public static <Q> byte[] request(RpcMethod<Q, ?> method, Q value, long correlation) {
        ByteWriter out = new ByteWriter();
        Message.putRequest(
                out, Message.REQUEST, correlation, id(method), Message.signature(method), 60 * SECOND_MICROS);
        return with(out, method, value);
    }

    /** All that can be said of a method: requests of both kinds, and without an answer. */
    public static <Q> List<byte[]> of(RpcMethod<Q, ?> method, Q value) {
        List<byte[]> all = new ArrayList<>();
        all.add(request(method, value, CORRELATION));
        for (long micros : new long[] {0, 1, SECOND_MICROS, Long.MAX_VALUE}) {
            ByteWriter out = new ByteWriter();
            Message.putRequest(out, Message.REQUEST_ONCE, CORRELATION, id(method), Message.signature(method), micros);
            Message.putCallId(out, START_ID, 0, 3, 2);
            all.add(with(out, method, value));
        }
        ByteWriter oneWay = new ByteWriter();
        Message.putTell(oneWay, id(method), Message.signature(method));
        all.add(with(oneWay, method, value));
        return all;
    }

    /** Answers of all kinds, cancellations, and kinds that nobody knows. */
    public static List<byte[]> ofNoMethod() {
        List<byte[]> all = new ArrayList<>();
        for (String payload : List.of("", "an answer", "8 bytes.")) {
            all.add(answer(Message.REPLY, payload.getBytes(StandardCharsets.UTF_8)));
        }
        for (byte code = 0; code < 11; code++) {
            ByteWriter out = new ByteWriter();
            new Failure(code, code * SECOND_MICROS, "a.Type", "a text").writeTo(out);
            all.add(answer(Message.FAILURE, out.toByteArray()));
        }
        all.add(answer(Message.CANCEL, new byte[0]));
        for (byte kind : new byte[] {0, 7, Byte.MAX_VALUE, Byte.MIN_VALUE, -1}) {
            all.add(answer(kind, new byte[20]));
        }
        return all;
    }

    /** Whether it is a request, to which there may be an answer. */
    public static boolean isRequest(byte[] message) {
        return message.length >= CORRELATION_AT + Long.BYTES
                && (message[0] == Message.REQUEST || message[0] == Message.REQUEST_ONCE);
    }

    /** Whether it is a request that must not be executed twice, complete but for its payload. */
    public static boolean isOnce(byte[] message) {
        return message.length >= Message.MAX_HEADER_BYTES && message[0] == Message.REQUEST_ONCE;
    }

    /** Whether it is an answer, of whatever kind. */
    public static boolean isAnswer(byte[] message) {
        return message.length >= CORRELATION_AT + Long.BYTES
                && (message[0] == Message.REPLY || message[0] == Message.FAILURE);
    }

    /** The session that a failure reports, or 0. */
    public static long sessionIn(byte[] message) {
        boolean reports = isAnswer(message) && message[0] == Message.FAILURE && message.length >= 18;
        return reports && message[9] == Failure.OTHER_SESSION
                ? ByteBuffer.wrap(message).getLong(10)
                : 0;
    }

    /** What a reply answers with, or null where it is no reply to that request. */
    public static byte @Nullable [] payloadOfReplyTo(byte[] message, long correlation) {
        return isAnswer(message) && message[0] == Message.REPLY && correlation(message) == correlation
                ? Arrays.copyOfRange(message, CORRELATION_AT + Long.BYTES, message.length)
                : null;
    }

    public static long correlation(byte[] message) {
        return ByteBuffer.wrap(message).getLong(CORRELATION_AT);
    }

    public static void setCorrelation(byte[] message, long correlation) {
        ByteBuffer.wrap(message).putLong(CORRELATION_AT, correlation);
    }

    /** Makes a request that must not be executed twice one of a session that the server knows. */
    public static void setSession(byte[] message, long session, long sequence) {
        ByteBuffer.wrap(message)
                .putLong(SESSION_AT - Long.BYTES, START_ID)
                .putLong(SESSION_AT, session)
                .putLong(SEQUENCE_AT, sequence);
    }

    private static <Q> byte[] with(ByteWriter out, RpcMethod<Q, ?> method, Q value) {
        method.request().encode(value, out);
        return out.toByteArray();
    }

    private static byte[] answer(byte kind, byte[] content) {
        ByteWriter out = new ByteWriter();
        Message.putAnswer(out, kind, CORRELATION);
        return out.putBytes(content).toByteArray();
    }

    private static int id(RpcMethod<?, ?> method) {
        return Message.methodId(method.name());
    }
}
