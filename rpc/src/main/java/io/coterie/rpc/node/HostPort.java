package io.coterie.rpc.node;

import java.util.Objects;

/**
 * Where a node listens. A host name is looked up anew at each connect, so that an address may
 * change while a node runs.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; 0 is for listening only, and lets the system choose a port
 */
public record HostPort(String host, int port) {
    /**
     * Checks host and port.
     *
     * @throws IllegalArgumentException if the host is blank or the port is out of range
     */
    public HostPort {
        if (Objects.requireNonNull(host, "host must not be null").isBlank()) {
            throw new IllegalArgumentException("the host is empty");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not within 0 to 65535");
        }
    }

    /**
     * Reads {@code host:port}, or {@code [v6-address]:port}.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException(
                    "address \"" + text + "\": an IPv6 address needs brackets, as in [::1]:7400");
        }
        try {
            return new HostPort(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "address \"" + text + "\" is not host:port with a port of 0 to 65535, as in 10.0.0.1:7400", e);
        }
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
