package io.coterie.rpc.internal;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.MalformedMessageException;
import io.coterie.rpc.MessageTooLargeException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.RemoteException;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.UnknownMethodException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Why a server has no answer, as it travels to the caller: code (1 byte), type, text (each a block of UTF-8). */
record Failure(byte code, String type, String text) {
    static final byte UNKNOWN_METHOD = 1;
    static final byte MALFORMED_REQUEST = 2;
    static final byte OVERLOADED = 3;
    static final byte HANDLER_FAILED = 4;
    static final byte REPLY_TOO_LARGE = 5;

    /** Bounds what a failure takes of a message, whatever a handler's exception says. */
    private static final int LONGEST_TEXT = 500;

    static Failure of(byte code, String text) {
        return new Failure(code, "", text);
    }

    static Failure ofHandler(Throwable error) {
        return new Failure(HANDLER_FAILED, error.getClass().getName(), textOf(error));
    }

    /** An exception's own methods may throw, too. */
    static String textOf(Throwable error) {
        try {
            return String.valueOf(error.getMessage());
        } catch (RuntimeException e) {
            return "(its message cannot be read: " + e.getClass().getName() + ")";
        }
    }

    void writeTo(ByteWriter out) {
        out.putByte(code).putBlock(bytes(type)).putBlock(bytes(text));
    }

    static Failure read(ByteBuffer in) {
        byte code = in.get();
        return new Failure(code, text(ByteReaders.readBlock(in)), text(ByteReaders.readBlock(in)));
    }

    /** The failure as the caller gets it. */
    RpcException toException(NodeId peer, String method) {
        String call = "call of " + method + " to " + peer + ": ";
        return switch (code) {
            case UNKNOWN_METHOD -> new UnknownMethodException(call + "the peer does not serve this method");
            case MALFORMED_REQUEST ->
                new MalformedMessageException(call + "the peer cannot read the request: " + text, false, null);
            case OVERLOADED -> new OverloadedException(call + "the peer turned it away: " + text);
            case HANDLER_FAILED -> new RemoteException(type, text);
            case REPLY_TOO_LARGE -> new MessageTooLargeException(call + text, true);
            // Of a later version, which may know failures that come after an execution.
            default -> new RemoteException("failure " + code, text);
        };
    }

    private static byte[] bytes(String text) {
        return (text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
