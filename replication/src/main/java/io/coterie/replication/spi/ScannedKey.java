package io.coterie.replication.spi;

/**
 * What a replica has accepted for one key, as a scan or a watch returns it. Immutable; no array may
 * be changed.
 *
 * @param accepted the ballot, never {@link Ballot#NONE}
 */
public record ScannedKey(byte[] key, Ballot accepted, byte[] state) {
    /** How many bytes it takes in a message. */
    public int size() {
        return key.length + state.length + 2 * Integer.BYTES + Ballot.BYTES;
    }
}
