package io.coterie.replication.internal.tables;

import io.coterie.replication.Ballot;
import io.coterie.replication.RecordKey;
import io.coterie.rpc.ByteReaders;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One replica's part of the consensus register of one key: the acceptor (Rystsov, CASPaxos, 2018,
 * section 2.2), with the promise for a following ballot taken along with an accepted one.
 *
 * <p>Knows nothing of messages and disks: the replica makes each change durable before it tells of
 * it.
 *
 * <p>There are as many as keys, and one is found in no cache when it is asked for: what is looked
 * at stands in the object itself, its key included, rather than in others that it refers to.
 */
public final class Acceptor extends RecordKey {
    private long promisedCounter;
    private long promisedProposer;
    private long acceptedCounter;
    private long acceptedProposer;
    private byte @Nullable [] state;

    /** Of the state, as far as the replica's tables were told of it. */
    int bytes;

    /** The same: whether there is no state, or a tombstone. */
    boolean absent = true;

    /** Whether it is in the replica's tables: one without a change is not, and costs nothing. */
    public boolean kept;

    /** The journal position of the last change. */
    public long position;

    /** The next one of the same bucket, see {@link AcceptorTable}. */
    @Nullable
    Acceptor next;

    /**
     * The acceptor of a key that has none.
     *
     * @param floor what all such keys have promised
     * @param position of the floor in the journal
     */
    public Acceptor(RecordKey key, Ballot floor, long position) {
        super(key);
        promise(floor);
        this.position = position;
    }

    private Acceptor(ByteBuffer in) {
        super(in.getLong(), ByteReaders.readBlock(in));
        promisedCounter = in.getLong();
        promisedProposer = in.getLong();
    }

    /** Reads one that a journal has all of: its key, promise, accepted ballot and state. */
    public static Acceptor read(ByteBuffer in) {
        Acceptor acceptor = new Acceptor(in);
        acceptor.acceptedCounter = in.getLong();
        acceptor.acceptedProposer = in.getLong();
        acceptor.state = ByteReaders.readOptionalBlock(in);
        return acceptor;
    }

    /** Reads one of which there are key and promise alone. */
    static Acceptor readPromise(ByteBuffer in) {
        return new Acceptor(in);
    }

    /**
     * Whether a state says that the key has no value: its first byte is 0. That byte is all that a
     * replica ever looks at, and it matters only in stores whose policy has their tombstones
     * collected.
     */
    public static boolean isTombstone(byte[] state) {
        return state.length > 0 && state[0] == 0;
    }

    public Ballot promised() {
        return ballot(promisedCounter, promisedProposer);
    }

    /** The counter of the promise. */
    public long promisedCounter() {
        return promisedCounter;
    }

    /** The promise, as the very object given if that is the one. */
    public Ballot promised(Ballot maybe) {
        return isPromised(maybe) ? maybe : promised();
    }

    /** Whether that very ballot is promised. */
    public boolean isPromised(Ballot ballot) {
        return ballot.counter() == promisedCounter && ballot.proposer() == promisedProposer;
    }

    public Ballot accepted() {
        return ballot(acceptedCounter, acceptedProposer);
    }

    /** Whether that very ballot is the one of the state. */
    public boolean isAccepted(Ballot ballot) {
        return ballot.counter() == acceptedCounter && ballot.proposer() == acceptedProposer;
    }

    public byte @Nullable [] state() {
        return state;
    }

    /** Promises a ballot, or refuses it because of a higher promise. */
    public boolean prepare(Ballot ballot) {
        if (isShutOut(ballot)) {
            return false;
        }
        promise(ballot);
        return true;
    }

    /**
     * Accepts a state with its ballot and promises the next, or refuses because of a higher
     * promise. What is accepted already is accepted again under any promise: it is the same state,
     * so nothing changes for anyone.
     */
    public boolean accept(Ballot ballot, byte[] newState, Ballot next) {
        boolean shutOut = isShutOut(ballot);
        if (shutOut && !isAccepted(ballot)) {
            return false;
        }
        acceptedCounter = ballot.counter();
        acceptedProposer = ballot.proposer();
        state = newState;
        if (!shutOut) {
            promise(ballot);
        }
        if (!isShutOut(next)) {
            promise(next);
        }
        return true;
    }

    /** Takes over all that was read of the same key. */
    void restore(Acceptor read) {
        restorePromise(read);
        acceptedCounter = read.acceptedCounter;
        acceptedProposer = read.acceptedProposer;
        state = read.state;
    }

    /** Takes over the promise that was read of the same key. */
    void restorePromise(Acceptor read) {
        promisedCounter = read.promisedCounter;
        promisedProposer = read.promisedProposer;
    }

    /** Whether a higher ballot is promised. */
    private boolean isShutOut(Ballot ballot) {
        return ballot.compareTo(promisedCounter, promisedProposer) < 0;
    }

    private void promise(Ballot ballot) {
        promisedCounter = ballot.counter();
        promisedProposer = ballot.proposer();
    }

    private static Ballot ballot(long counter, long proposer) {
        return counter == 0 && proposer == 0 ? Ballot.NONE : new Ballot(counter, proposer);
    }
}
