package io.coterie.rpc.internal.nio.handshake;

/** The protocol versions that a node speaks, from the lowest to the highest without a gap. */
record Versions(int lowest, int highest) {
    /**
     * The versions that this build speaks. Versions 1 to 3 were before the first release, and are
     * no longer spoken.
     */
    static final Versions OURS = new Versions(4, 4);

    /** No version. */
    static final int NONE = 0;

    /** The highest that both speak, or {@link #NONE}. */
    int common(Versions other) {
        int candidate = Math.min(highest, other.highest);
        return candidate >= Math.max(lowest, other.lowest) ? candidate : NONE;
    }

    @Override
    public String toString() {
        return lowest == highest ? "version " + lowest : "versions " + lowest + " to " + highest;
    }
}
