package io.coterie.rpc.internal.wire;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.error.CodedFailure;
import io.coterie.rpc.error.MalformedMessageException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.error.OutcomeForgottenException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.error.UnknownMethodException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Why a server has no answer, as it travels to the caller: code (1 byte), number (8), type, text
 * (each a block of UTF-8).
 *
 * @param number of {@link #OVERLOADED} after how many microseconds to try again, or -1; of {@link
 *     #OTHER_SESSION} the session; of {@link #HANDLER_FAILED} the code of a {@link CodedFailure},
 *     which has no type, or -1
 */
public record Failure(byte code, long number, String type, String text) {
    public static final byte UNKNOWN_METHOD = 1;
    static final byte MALFORMED_REQUEST = 2;
    public static final byte OVERLOADED = 3;
    public static final byte HANDLER_FAILED = 4;
    public static final byte REPLY_TOO_LARGE = 5;
    public static final byte OTHER_CODECS = 6;

    /** Not executed: the server does not know that session of the caller. */
    public static final byte OTHER_SESSION = 7;

    /** The call may have been executed: its number is one of those whose answers are gone. */
    public static final byte FORGOTTEN = 8;

    /** Not executed: the caller has too low a role. */
    static final byte NOT_PERMITTED = 9;

    private static final long NONE = -1;
    private static final int MAX_CODE = 255;

    /**
     * Bounds what a failure takes of a message, however long the text of a handler's exception is.
     */
    private static final int MAX_TEXT_CHARS = 500;

    /** Enough for the longest text: a character takes at most three bytes in UTF-8. */
    private static final int MAX_TEXT_BYTES = 3 * (MAX_TEXT_CHARS + 1);

    /** A longer hint of a server is cut to this. */
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

    public static Failure notPermitted(Role required, Role role) {
        String remedy = required == Role.REPLICA
                ? "to be a replica there, this node must be one of the peers of the other end, and prove its name or"
                        + " know the replicas' secret"
                : "call from a node that has that role, leave this one out of Security.readOnly there, or give it"
                        + " the clients' secret";
        return of(
                NOT_PERMITTED,
                "the method needs the role " + required + " or higher, but this node has the role " + role + " there; "
                        + remedy);
    }

    public static Failure otherSession(long session) {
        return new Failure(OTHER_SESSION, session, "", "");
    }

    /**
     * The failure for what a handler threw. Only {@link OverloadedException#ofHandler} means that
     * the handler has done nothing: an overload that a call of its own met came after it had begun.
     */
    public static Failure ofHandler(Throwable error) {
        if (error instanceof OverloadedException overloaded && overloaded.isOfHandler()) {
            Duration retryAfter = overloaded.retryAfter();
            long micros = retryAfter == null ? NONE : TimeUnit.MICROSECONDS.convert(retryAfter);
            return new Failure(OVERLOADED, micros, "", textOf(error));
        }
        return ofAnswer(error);
    }

    /**
     * The failure of a handler that failed, or whose answer cannot be written; it has been
     * executed.
     */
    public static Failure ofAnswer(Throwable error) {
        if (error instanceof CodedFailure coded && isCode(coded.code())) {
            return new Failure(HANDLER_FAILED, coded.code(), "", textOf(error));
        }
        return new Failure(HANDLER_FAILED, NONE, error.getClass().getName(), textOf(error));
    }

    private static boolean isCode(long number) {
        return number >= 1 && number <= MAX_CODE;
    }

    /** The message of an exception, whose own methods may throw, too. */
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
                                + " serves it, and that serve(...) was called there");
            case NOT_PERMITTED -> new NotPermittedException(call + "not permitted: " + text);
            case MALFORMED_REQUEST ->
                new MalformedMessageException(call + "the peer cannot read the request: " + text, false, null);
            case OTHER_CODECS ->
                new MalformedMessageException(
                        call + "the peer reads and writes it with other codecs: " + text
                                + "; give the method the same codecs on both sides",
                        false,
                        null);
            case OVERLOADED -> new OverloadedException(call + "the peer refused it: " + text, retryAfter());
            case HANDLER_FAILED ->
                isCode(number) ? new RemoteException((int) number, text) : new RemoteException(type, text);
            case REPLY_TOO_LARGE -> new MessageTooLargeException(call + text, true);
            case FORGOTTEN -> new OutcomeForgottenException(call + text);
            // From a later version, which may have failures that come after an execution.
            default -> new RemoteException("failure " + code, text);
        };
    }

    private @Nullable Duration retryAfter() {
        return number < 0 ? null : Duration.of(Math.min(number, MAX_RETRY_MICROS), ChronoUnit.MICROS);
    }

    private static byte[] bytes(String text) {
        return shortened(text).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a block of text. A text above the bound is cut, so that it takes no more memory than
     * others.
     */
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

    /**
     * Replaces characters that would forge lines of a log, or hide what is in one, by their
     * numbers.
     */
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
