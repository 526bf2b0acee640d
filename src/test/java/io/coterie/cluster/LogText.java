package io.coterie.cluster;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What is logged while this is open. */
public final class LogText implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    public LogText() {
        System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    }

    public boolean contains(String part) {
        return toString().contains(part);
    }

    /** How often that was logged. */
    public int count(String part) {
        return toString().split(Pattern.quote(part), -1).length - 1;
    }

    @Override
    public String toString() {
        return text.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        System.setErr(before);
        before.print(this);
    }
}
