package io.coterie.consistency.simulated.members;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What is logged while this is open. */
final class LogText implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    LogText() {
        System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    }

    /** How often that was logged. */
    int count(String part) {
        return text.toString(StandardCharsets.UTF_8).split(Pattern.quote(part), -1).length - 1;
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
