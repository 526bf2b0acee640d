package io.coterie.rpc;

import java.util.regex.Pattern;

/**
 * The name of a node: what it is, as opposed to where it is (its address may change, its name does not).
 *
 * <p>Two nodes are the same node exactly when their names are equal. Names order by their text, which decides ties such
 * as which of two simultaneous connections survives.
 *
 * @param name 1 to 64 characters out of letters, digits, {@code . _ -}
 */
public record NodeId(String name) implements Comparable<NodeId> {
    /** The longest name, in characters; also its longest encoding in bytes. */
    public static final int MAX_LENGTH = 64;

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_LENGTH + "}");

    /** Checks the name. */
    public NodeId {
        if (!VALID.matcher(name).matches()) {
            throw new IllegalArgumentException("node name \"" + name + "\" is not 1 to " + MAX_LENGTH
                    + " characters out of letters, digits, '.', '_' and '-'");
        }
    }

    /**
     * The node of that name.
     *
     * @throws IllegalArgumentException if the name is not valid
     */
    public static NodeId of(String name) {
        return new NodeId(name);
    }

    @Override
    public int compareTo(NodeId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
