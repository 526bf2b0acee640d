package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * One replica's part of the consensus register of one key: the acceptor (Rystsov, CASPaxos, 2018, section 2.2), with the
 * promise for a following ballot taken along with an accepted one.
 *
 * <p>Knows nothing of messages and disks: the replica makes each change durable before it tells of it.
 */
final class Register {
    private Ballot promised = Ballot.NONE;
    private Ballot accepted = Ballot.NONE;
    private byte @Nullable [] state;

    /** Whether it is in the replica's tables: one without a change is not, and costs nothing. */
    boolean kept;

    /** The journal position of the last change. */
    long position;

    Register() {}

    /**
     * The register of a key that has none.
     *
     * @param floor what all such keys have promised
     * @param position of the floor in the journal
     */
    Register(Ballot floor, long position) {
        this.promised = floor;
        this.position = position;
    }

    /**
     * Whether a state says that the key has no value: its first byte is 0. That byte is all that a replica ever looks at, and
     * it matters only in stores whose policy has their tombstones collected.
     */
    static boolean isTombstone(byte[] state) {
        return state.length > 0 && state[0] == 0;
    }

    Ballot promised() {
        return promised;
    }

    Ballot accepted() {
        return accepted;
    }

    byte @Nullable [] state() {
        return state;
    }

    /** Promises a ballot, or refuses it because of a higher promise. */
    boolean prepare(Ballot ballot) {
        if (promised.isAbove(ballot)) {
            return false;
        }
        promised = ballot;
        return true;
    }

    /**
     * Accepts a state with its ballot and promises the next, or refuses because of a higher promise. What is accepted
     * already is accepted again under any promise: it is the same state, so nothing changes for anyone.
     */
    boolean accept(Ballot ballot, byte[] newState, Ballot next) {
        if (!ballot.equals(accepted) && promised.isAbove(ballot)) {
            return false;
        }
        accepted = ballot;
        state = newState;
        promised = Ballot.max(promised, Ballot.max(ballot, next));
        return true;
    }

    /** Sets what was read back from the journal. */
    void restore(Ballot wasPromised, Ballot wasAccepted, byte @Nullable [] wasState) {
        promised = wasPromised;
        accepted = wasAccepted;
        state = wasState;
    }
}
