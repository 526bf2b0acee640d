package io.coterie.consistency.internal.coordination.node;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The names of locks, elections, semaphores, latches and their participants: any 1 to 200
 * characters that have UTF-8.
 */
public final class RecordNames {
    private static final int MAX_LENGTH = 200;

    private RecordNames() {}

    public static String checked(String what, String name) {
        Objects.requireNonNull(name, what + "'s name must not be null");
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(what + "'s name has " + name.length() + " characters, not 1 to "
                    + MAX_LENGTH + ": \"" + name + "\"");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException(
                    what + "'s name has half of a surrogate pair alone, for which there is no UTF-8,"
                            + " so that two names would be one: \"" + name + "\"; leave it out");
        }
        return name;
    }
}
