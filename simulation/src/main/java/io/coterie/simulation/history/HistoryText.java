package io.coterie.simulation.history;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes an operation as a line of text, and reads it. {@link History#toText} has the format. */
final class HistoryText {
    private static final String ABSENT = "~";
    private static final String NEVER = "-";

    private HistoryText() {}

    static String format(Operation o) {
        String returned = o.returned() == Operation.NEVER ? NEVER : Long.toString(o.returned());
        String head = o.invoked() + " " + returned + " " + escape(o.process()) + " " + escape(o.key()) + " "
                + format(o.op()) + " " + o.outcome().name().toLowerCase(Locale.ROOT);
        boolean hasResult = o.outcome() == Outcome.OK && (o.result() != null || o.op() instanceof Op.Read);
        return hasResult ? head + " " + value(o.result()) : head;
    }

    static Operation parse(String line) {
        Deque<String> words = new ArrayDeque<>(Arrays.asList(line.trim().split(" +")));
        try {
            long invoked = Long.parseLong(words.remove());
            String returned = words.remove();
            String process = unescape(words.remove());
            String key = unescape(words.remove());
            Op op = parseOp(words);
            Outcome outcome = Outcome.valueOf(words.remove().toUpperCase(Locale.ROOT));
            String result = words.isEmpty() ? null : parseValue(words.remove());
            if (!words.isEmpty()) {
                throw new IllegalArgumentException("more words than an operation has: " + words);
            }
            long end = returned.equals(NEVER) ? Operation.NEVER : Long.parseLong(returned);
            return new Operation(process, key, op, invoked, end, outcome, result);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("not an operation of a history: \"" + line + "\"", e);
        }
    }

    private static String format(Op op) {
        if (op instanceof Op.Write write) {
            return "write " + value(write.value());
        } else if (op instanceof Op.Delete) {
            return "delete";
        } else if (op instanceof Op.CompareAndSet cas) {
            return "cas " + value(cas.expected()) + " " + value(cas.next());
        } else if (op instanceof Op.PutIfAbsent put) {
            return "put-if-absent " + value(put.value());
        } else if (op instanceof Op.AddAndGet add) {
            return "add " + add.delta();
        } else if (op instanceof Op.Append append) {
            return "append " + value(append.text());
        }
        return "read";
    }

    private static Op parseOp(Deque<String> words) {
        String kind = words.remove();
        return switch (kind) {
            case "read" -> new Op.Read();
            case "write" -> new Op.Write(present(words.remove()));
            case "delete" -> new Op.Delete();
            case "cas" -> new Op.CompareAndSet(parseValue(words.remove()), parseValue(words.remove()));
            case "put-if-absent" -> new Op.PutIfAbsent(present(words.remove()));
            case "add" -> new Op.AddAndGet(Long.parseLong(words.remove()));
            case "append" -> new Op.Append(present(words.remove()));
            default -> throw new IllegalArgumentException("there is no operation " + kind);
        };
    }

    private static String value(@Nullable String value) {
        return value == null ? ABSENT : "=" + escape(value);
    }

    private static @Nullable String parseValue(String word) {
        return word.equals(ABSENT) ? null : present(word);
    }

    private static String present(String word) {
        if (!word.startsWith("=")) {
            throw new IllegalArgumentException("\"" + word + "\" is not a value: it does not begin with =");
        }
        return unescape(word.substring(1));
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == '%') {
                escaped.append('%').append(String.format(Locale.ROOT, "%02x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
