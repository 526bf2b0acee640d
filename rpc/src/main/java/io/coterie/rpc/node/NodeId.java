package io.coterie.rpc.node;

import java.io.Serializable;
import java.util.Objects;

/**
 * The name of a node: what it is, as opposed to where it is. Its address may change, its name does
 * not.
 *
 * <p>Two nodes are the same node exactly when their names are equal. Names are ordered by their
 * text, which decides ties, for example which of two simultaneous connections stays.
 *
 * @param name 1 to 64 characters out of letters, digits, {@code . _ -}
 */
public record NodeId(String name) implements Comparable<NodeId>, Serializable {
    /** The longest name, in characters; also its longest encoding in bytes. */
    public static final int MAX_LENGTH = 64;

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it has another length or other characters
     */
    public NodeId {
        Objects.requireNonNull(name, "name must not be null");
        if (name.isEmpty() || name.length() > MAX_LENGTH || !name.chars().allMatch(NodeId::isAllowed)) {
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

    private static boolean isAllowed(int character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || character == '.'
                || character == '_'
                || character == '-';
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
