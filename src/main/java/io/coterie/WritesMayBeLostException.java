package io.coterie;

import io.coterie.rpc.error.CoterieException;

/**
 * {@link Backup#recover} was refused: the directories do not prove that they have every write that
 * was acknowledged. The text says why. Nothing was written.
 */
public final class WritesMayBeLostException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** @param why human-readable */
    public WritesMayBeLostException(String why) {
        super(
                "writes may be lost: " + why
                        + ". Nothing was written. Look for the directories of the other members first. If they are gone for"
                        + " good, accept the loss",
                false,
                null);
    }
}
