package io.coterie.rpc.internal.wire;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.CodedFailure;
import io.coterie.rpc.MalformedMessageException;
import io.coterie.rpc.MessageTooLargeException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.NotPermittedException;
import io.coterie.rpc.OutcomeForgottenException;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.RemoteException;
import io.coterie.rpc.Role;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.UnknownMethodException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Why a server has no answer, as it travels to the caller: code (1 byte), number (8), type, text (each a block of UTF-8).
 *
 * @param number of {@link #OVERLOADED} after how many microseconds to try again, or -1; of {@link #OTHER_SESSION} the session;
 *     of {@link #HANDLER_FAILED} the code of a {@link CodedFailure}, which has no type, or -1
 */
public record Failure(byte code, long number, String type, String text) {
    public static final byte UNKNOWN_METHOD = 1;
    static final byte MALFORMED_REQUEST = 2;
    public static final byte OVERLOADED = 3;
    public static final byte HANDLER_FAILED = 4;
    public static final byte REPLY_TOO_LARGE = 5;
    public static final byte OTHER_CODECS = 6;

    /** Not executed: the session is none that this server knows for the caller. */
    public static final byte OTHER_SESSION = 7;

    /** The call may have been executed: its number is one of those whose answers are gone. */
    public static final byte FORGOTTEN = 8;

    /** Not executed: the caller has too low a role. */
    static final byte NOT_PERMITTED = 9;

    private static final long NONE = -1;
    private static final int MAX_CODE = 255;

    /** Bounds what a failure takes of a message, whatever a handler's exception says. */
    private static final int MAX_TEXT_CHARS = 500;

    /** So many bytes are the longest text and more, whatever the characters: none takes more than three in UTF-8. */
    private static final int MAX_TEXT_BYTES = 3 * (MAX_TEXT_CHARS + 1);

    /** A server that asks for more is not believed. */
    private static final long MAX_RETRY_MICROS = TimeUnit.HOURS.toMicros(1);

    public static Failure of(byte code, String text) {
        return new Failure(code, NONE, "", text);
    }

    public static Failure unreadable(Throwable thrown) {
        return of(MALFORMED_REQUEST, thrown.getClass().getName() + ": " + textOf(thrown));
    }

    public static Failure overloaded(String text, long retryAfterNanos) {
        return new Failure(OVERLOADED, retryAfterNanos / 1000, "", text);
    }

    public static Failure notPermitted(Role least, Role role) {
        String remedy = least == Role.REPLICA
                ? "a replica is one of the peers that the other end was given, and proves its name or knows the replicas' secret"
                : "use a node that may write, or have the other end take this one for a client: leave it out of"
                        + " Security.readOnly there, or give this one the clients' secret";
        return of(
                NOT_PERMITTED,
                "it takes the role " + least + " or more, and the other end takes this node for a " + role + "; "
                        + remedy);
    }

    public static Failure otherSession(long session) {
        return new Failure(OTHER_SESSION, session, "", "");
    }

    /**
     * What a handler threw. Only one that says so itself has done nothing: an overload that it met in a call of its own, and
     * passes on, came after it had begun.
     */
    public static Failure ofHandler(Throwable error) {
        if (error instanceof OverloadedException overloaded && overloaded.isOfHandler()) {
            Duration retryAfter = overloaded.retryAfter();
            long micros = retryAfter == null ? NONE : TimeUnit.MICROSECONDS.convert(retryAfter);
            return new Failure(OVERLOADED, micros, "", textOf(error));
        }
        return ofAnswer(error);
    }

    /** What came of a handler's answer that cannot be written, or of a handler that failed; it has been executed. */
    public static Failure ofAnswer(Throwable error) {
        if (error instanceof CodedFailure coded && isCode(coded.code())) {
            return new Failure(HANDLER_FAILED, coded.code(), "", textOf(error));
        }
        return new Failure(HANDLER_FAILED, NONE, error.getClass().getName(), textOf(error));
    }

    private static boolean isCode(long number) {
        return number >= 1 && number <= MAX_CODE;
    }

    /** An exception's own methods may throw, too. */
    public static String textOf(Throwable error) {
        try {
            return String.valueOf(error.getMessage());
        } catch (Throwable e) {
            return "(its message cannot be read: " + e.getClass().getName() + ")";
        }
    }

    public void writeTo(ByteWriter out) {
        out.putByte(code).putLong(number).putBlock(bytes(type)).putBlock(bytes(text));
    }

    public static Failure read(ByteBuffer in) {
        byte code = in.get();
        long number = in.getLong();
        return new Failure(code, number, text(in), text(in));
    }

    /** The failure as the caller gets it. */
    public RpcException toException(NodeId peer, String method) {
        String call = "call of " + method + " to " + peer + ": ";
        return switch (code) {
            case UNKNOWN_METHOD ->
                new UnknownMethodException(
                        call + "the peer does not serve this method; check that it runs a version that"
                                + " does, and has served it by now");
            case NOT_PERMITTED -> new NotPermittedException(call + "not permitted: " + text);
            case MALFORMED_REQUEST ->
                new MalformedMessageException(call + "the peer cannot read the request: " + text, false, null);
            case OTHER_CODECS ->
                new MalformedMessageException(
                        call + "the peer reads and writes it with other codecs: " + text
                                + "; give the method the same codecs on both sides",
                        false,
                        null);
            case OVERLOADED -> new OverloadedException(call + "the peer turned it away: " + text, retryAfter());
            case HANDLER_FAILED ->
                isCode(number) ? new RemoteException((int) number, text) : new RemoteException(type, text);
            case REPLY_TOO_LARGE -> new MessageTooLargeException(call + text, true);
            case FORGOTTEN -> new OutcomeForgottenException(call + text);
            // Of a later version, which may know failures that come after an execution.
            default -> new RemoteException("failure " + code, text);
        };
    }

    private @Nullable Duration retryAfter() {
        return number < 0 ? null : Duration.of(Math.min(number, MAX_RETRY_MICROS), ChronoUnit.MICROS);
    }

    private static byte[] bytes(String text) {
        return shortened(text).getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a block of text. A peer that does not keep to the bound takes no more memory than others. */
    private static String text(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[Math.min(length, MAX_TEXT_BYTES)];
        in.get(bytes);
        in.position(in.position() + length - bytes.length);
        return printable(shortened(new String(bytes, StandardCharsets.UTF_8)));
    }

    /** Characters that would forge lines of a log, or hide what is in one, stand as their numbers. */
    private static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.chars().forEach(unit -> {
            int type = Character.getType(unit);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                safe.append(String.format(Locale.ROOT, "\\u%04x", unit));
            } else {
                safe.append((char) unit);
            }
        });
        return safe.toString();
    }

    private static String shortened(String text) {
        return text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS) + "…";
    }
}
