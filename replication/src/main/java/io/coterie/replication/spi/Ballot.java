package io.coterie.replication.spi;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The number of an attempt to decide the state of one key. Ballots are totally ordered, by counter
 * and then by proposer, and none is ever used for two different states: the proposer is drawn at
 * random at each start of a process, and within one start the counter only rises (Lamport, Paxos
 * Made Simple, 2001, section 2.2; Rystsov, CASPaxos, 2018, section 2.2). Immutable.
 *
 * @param counter a reading of the proposer's {@link io.coterie.replication.clock.BallotClock}
 * @param proposer stands for the start of the process that made the ballot; random
 */
public record Ballot(long counter, long proposer) implements Comparable<Ballot> {
    /** Below every ballot that is ever used. */
    public static final Ballot NONE = new Ballot(0, 0);

    /** How many bytes {@link #write} writes. */
    public static final int BYTES = 2 * Long.BYTES;

    @Override
    public int compareTo(Ballot other) {
        return compareTo(other.counter, other.proposer);
    }

    /** Compares as {@link #compareTo(Ballot)} does, with a ballot given by its two numbers. */
    public int compareTo(long otherCounter, long otherProposer) {
        int byCounter = Long.compare(counter, otherCounter);
        return byCounter != 0 ? byCounter : Long.compare(proposer, otherProposer);
    }

    /** Whether this ballot is higher than the other. */
    public boolean isAbove(Ballot other) {
        return compareTo(other) > 0;
    }

    /** The higher of two ballots. */
    public static Ballot max(Ballot a, Ballot b) {
        return a.isAbove(b) ? a : b;
    }

    /** As a record has it, but fast from the first call on: every round calls it. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ballot ballot && counter == ballot.counter && proposer == ballot.proposer;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(counter * 31 + proposer);
    }

    /** Writes the ballot as messages and journals have it: {@link #BYTES} bytes. */
    public void write(ByteWriter out) {
        out.putLong(counter).putLong(proposer);
    }

    /** Reads what {@link #write} wrote. */
    public static Ballot read(ByteBuffer in) {
        long counter = in.getLong();
        long proposer = in.getLong();
        return counter == 0 && proposer == 0 ? NONE : new Ballot(counter, proposer);
    }

    @Override
    public String toString() {
        return this.equals(NONE) ? "none" : counter + "." + Long.toHexString(proposer);
    }
}
