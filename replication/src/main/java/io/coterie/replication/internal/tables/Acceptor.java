package io.coterie.replication.internal.tables;

import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.codec.ByteReaders;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One replica's part of the consensus register of one key: the acceptor (Rystsov, CASPaxos, 2018,
 * section 2.2), where an accept may carry the promise for a later ballot. {@link AcceptorRules}
 * decides what it promises and accepts.
 *
 * <p>It knows nothing of messages and disks: the replica makes each change durable before it
 * answers.
 *
 * <p>There are as many acceptors as keys, so an access misses every cache. All that requests read
 * is therefore in this one object, including the key, and not in objects that it refers to.
 */
public final class Acceptor extends KeyedRecord {
    private long promisedCounter;
    private long promisedProposer;
    private long acceptedCounter;
    private long acceptedProposer;
    private byte @Nullable [] state;

    /** The bytes of the state, as the replica's tables count them. */
    int bytes;

    /** Whether there is no state, or a tombstone, as the replica's tables count it. */
    boolean absent = true;

    /** Whether it is in the replica's tables; one without a change is not, and costs nothing. */
    public boolean kept;

    /** The journal position of the last change. */
    public long position;

    /**
     * A new acceptor, of a key that has none.
     *
     * @param floor the promise of all absent keys of the store
     * @param position the floor's position in the journal
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

    /** Reads an acceptor from a whole entry: key, promise, accepted ballot and state. */
    public static Acceptor read(ByteBuffer in) {
        Acceptor acceptor = new Acceptor(in);
        acceptor.acceptedCounter = in.getLong();
        acceptor.acceptedProposer = in.getLong();
        acceptor.state = ByteReaders.readOptionalBlock(in);
        return acceptor;
    }

    /** Reads an acceptor from an entry with key and promise alone. */
    static Acceptor readPromise(ByteBuffer in) {
        return new Acceptor(in);
    }

    /**
     * Whether a state stands for a key without a value: its first byte is 0. A replica looks at no
     * other byte, and this one matters only in stores whose policy collects tombstones.
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

    /** The promise; the given object itself if it is equal, so that no new one is made. */
    public Ballot promised(Ballot maybe) {
        return isPromised(maybe) ? maybe : promised();
    }

    /** Whether exactly this ballot is promised. */
    public boolean isPromised(Ballot ballot) {
        return ballot.counter() == promisedCounter && ballot.proposer() == promisedProposer;
    }

    public Ballot accepted() {
        return ballot(acceptedCounter, acceptedProposer);
    }

    @Override
    public long version() {
        return acceptedCounter;
    }

    @Override
    public long versionWriter() {
        return acceptedProposer;
    }

    /** Whether the state was accepted with exactly this ballot. */
    public boolean isAccepted(Ballot ballot) {
        return ballot.counter() == acceptedCounter && ballot.proposer() == acceptedProposer;
    }

    /** Whether the state was accepted with this ballot or a higher one. */
    public boolean includes(Ballot ballot) {
        return AcceptorRules.includes(acceptedCounter, acceptedProposer, ballot);
    }

    public byte @Nullable [] state() {
        return state;
    }

    /** Promises a ballot, or refuses it because of a higher promise. */
    public boolean prepare(Ballot ballot) {
        if (!AcceptorRules.promises(ballot, promisedCounter, promisedProposer)) {
            return false;
        }
        promise(ballot);
        return true;
    }

    /**
     * Accepts a state with its ballot and promises the next ballot, or refuses because of a higher
     * promise.
     */
    public boolean accept(Ballot ballot, byte[] newState, Ballot next) {
        boolean inTime = AcceptorRules.accepts(ballot, promisedCounter, promisedProposer);
        if (!inTime && !AcceptorRules.acceptsAgain(ballot, acceptedCounter, acceptedProposer)) {
            return false;
        }
        acceptedCounter = ballot.counter();
        acceptedProposer = ballot.proposer();
        state = newState;
        if (inTime) {
            promise(ballot);
        }
        if (AcceptorRules.promises(next, promisedCounter, promisedProposer)) {
            promise(next);
        }
        return true;
    }

    /** Takes over the whole content of an acceptor of the same key. */
    void restore(Acceptor read) {
        restorePromise(read);
        acceptedCounter = read.acceptedCounter;
        acceptedProposer = read.acceptedProposer;
        state = read.state;
    }

    /** Takes over the promise of an acceptor of the same key. */
    void restorePromise(Acceptor read) {
        promisedCounter = read.promisedCounter;
        promisedProposer = read.promisedProposer;
    }

    private void promise(Ballot ballot) {
        promisedCounter = ballot.counter();
        promisedProposer = ballot.proposer();
    }

    private static Ballot ballot(long counter, long proposer) {
        return counter == 0 && proposer == 0 ? Ballot.NONE : new Ballot(counter, proposer);
    }
}
