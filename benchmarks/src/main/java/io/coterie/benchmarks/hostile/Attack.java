package io.coterie.benchmarks.hostile;

import java.util.List;

/**
 * What connections do that mean harm, or know no better.
 *
 * @param atOnce how many are opened at once, before the attack counts as begun
 * @param atMost how many there are at most; one more closes the oldest
 * @param perSecond how many are opened a second from then on, as far as there is room
 * @param byteByByte whether a connection sends a byte a second, or its whole message at once
 * @param messages what the connections send, one after the other
 */
record Attack(int atOnce, int atMost, int perSecond, boolean byteByByte, List<byte[]> messages) {
    private static final int LORISES = 200;
    private static final int IDLERS = 5000;
    private static final int RATE = 200;

    /** The attack of that name. */
    static Attack of(String name) throws Exception {
        return switch (name) {
            // Opened again when the server closes them.
            case "slow-loris" -> new Attack(LORISES, LORISES, RATE, true, List.of(Openings.hello()));
            case "idle" -> new Attack(IDLERS, IDLERS, RATE, false, List.of(new byte[0]));
            case "bad-lengths" -> new Attack(1, RATE, RATE, false, Openings.badFrames());
            case "tls-hello" -> new Attack(1, RATE, RATE, false, List.of(Openings.tlsHello()));
            case HostileBenchmark.PLAIN_TO_TLS -> new Attack(1, RATE, RATE, false, List.of(Openings.hello()));
            default ->
                throw new IllegalArgumentException(
                        "disturbance \"" + name + "\" is none of none, slow-loris, idle, bad-lengths, tls-hello, "
                                + HostileBenchmark.PLAIN_TO_TLS);
        };
    }

    /**
     * Whether connections are to stay, so that a new one is opened only where another has ended.
     */
    boolean holding() {
        return atOnce == atMost;
    }
}
