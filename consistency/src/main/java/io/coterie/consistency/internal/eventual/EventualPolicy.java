package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.EventualConsistency;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.Voters;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stores that are always writable and converge: last writer wins. */
public final class EventualPolicy implements EventualConsistency {
    private static final QuorumSystem ONE = QuorumSystem.atLeast(1);

    public static final EventualPolicy INSTANCE = new EventualPolicy(ONE, ONE);

    private final QuorumSystem read;
    private final QuorumSystem write;
    private final boolean readsOne;
    private final boolean writesOne;

    private EventualPolicy(QuorumSystem read, QuorumSystem write) {
        this.read = Objects.requireNonNull(read, "read must not be null");
        this.write = Objects.requireNonNull(write, "write must not be null");
        this.readsOne = read.equals(ONE);
        this.writesOne = write.equals(ONE);
    }

    @Override
    public EventualConsistency read(QuorumSystem quorums) {
        return new EventualPolicy(quorums, write);
    }

    @Override
    public EventualConsistency write(QuorumSystem quorums) {
        return new EventualPolicy(read, quorums);
    }

    boolean readsOne() {
        return readsOne;
    }

    boolean writesOne() {
        return writesOne;
    }

    /** The voters with these quorums: those to read count as prepare quorums, those to write as accept quorums. */
    Voters among(Voters voters) {
        return voters.withAny(read, write);
    }

    String quorumsInWords() {
        return EventualQuorums.inWords(read, write);
    }

    @Override
    public String name() {
        return "eventual";
    }

    @Override
    public int replicasToOpen(int replicas) {
        return 1;
    }

    @Override
    public int readQuorum(int replicas) {
        return 1;
    }

    @Override
    public int writeQuorum(int replicas) {
        return 1;
    }

    @Override
    public int readFailuresSurvived(Voters voters, long alive) {
        return readsOne()
                ? EventualConsistency.super.readFailuresSurvived(voters, alive)
                : among(voters).prepareToSpare(alive);
    }

    @Override
    public int writeFailuresSurvived(Voters voters, long alive) {
        return writesOne()
                ? EventualConsistency.super.writeFailuresSurvived(voters, alive)
                : among(voters).acceptToSpare(alive);
    }

    @Override
    public boolean needsVotes() {
        return false;
    }

    @Override
    public String promise(int replicas) {
        if (readsOne() && writesOne()) {
            return "eventual: reads and writes need 1 of " + replicas + " replicas, and " + (replicas - 1)
                    + " of them may fail; reads may be stale, of concurrent writes the last one stays, and a write is"
                    + " lost if the only replica that has it is lost";
        }
        return "eventual: of " + replicas + " replicas " + quorumsInWords()
                + "; of concurrent writes the last one stays, and a write is lost if all replicas that have it are lost";
    }

    @Override
    public PolicyStore open(StoreContext context) {
        // Before this node has a configuration, it may know too few members, or none.
        if (context.loop().voters().since() != 0) {
            requireDefined(context);
        }
        return new EventualStore(context, read, write);
    }

    private void requireDefined(StoreContext context) {
        List<String> members = context.loop().voters().groupNames();
        try {
            var unused = List.of(read.of(members), write.of(members));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "store \"" + context.store().name() + "\", whose members are " + members
                            + " as far as this node knows: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventualPolicy that && that.read.equals(read) && that.write.equals(write);
    }

    @Override
    public int hashCode() {
        return Objects.hash(read, write);
    }

    @Override
    public String toString() {
        return equals(INSTANCE) ? name() : name() + ", " + quorumsInWords();
    }
}
