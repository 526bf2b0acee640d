package io.coterie.rpc.internal.nio.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Keeps the errors that are logged while this is open, with their stack traces, and nothing else.
 */
final class ErrorLog extends OutputStream implements AutoCloseable {
    private static final int MAX_BYTES = 20_000;

    private final PrintStream before = System.err;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder errors = new StringBuilder();
    private boolean inError;

    ErrorLog() {
        System.setErr(new PrintStream(this, true, StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void write(int b) {
        line.write(b);
        if (b == '\n') {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            boolean startsEntry = text.startsWith("[");
            inError = startsEntry ? text.contains("] ERROR ") : inError;
            if (inError && errors.length() < MAX_BYTES) {
                errors.append(text);
            }
        }
    }

    /** The errors so far. */
    synchronized String errors() {
        return errors.toString();
    }

    /** Forgets the errors so far. */
    synchronized void clear() {
        errors.setLength(0);
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
