package io.coterie.replication.internal.membership;

import java.nio.charset.StandardCharsets;

/**
 * A member of a cluster.
 *
 * @param address where it listens, as host and port; a hint, which may be out of date. Empty where
 *     the transport needs none
 * @param zone what fails together with it, such as a rack; empty if nobody said
 * @param state whether it is to stay
 */
public record Member(MemberId id, String address, String zone, MemberState state) {
    /** The most bytes of an address, and of a zone. */
    static final int MAX_TEXT_BYTES = 300;

    public Member {
        requireShort("address", address);
        requireShort("zone", zone);
    }

    private static void requireShort(String what, String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException(
                    "the " + what + " of a member has " + bytes + " bytes: give it at most " + MAX_TEXT_BYTES);
        }
    }

    /** The same member at another address. */
    Member withAddress(String newAddress) {
        return new Member(id, newAddress, zone, state);
    }

    Member withState(MemberState newState) {
        return new Member(id, address, zone, newState);
    }
}
