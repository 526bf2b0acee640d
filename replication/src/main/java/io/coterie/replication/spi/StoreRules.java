package io.coterie.replication.spi;

import org.jspecify.annotations.Nullable;

/**
 * What replicas accept for the stores of one policy. A replica checks each request by these rules
 * before it promises or keeps anything: a node with a bug, or a malicious one, must not leave
 * records that the policy cannot read. Immutable; any thread may use it.
 */
public final class StoreRules {
    /** The rules of a policy without rules: everything is accepted. */
    public static final StoreRules NONE = new StoreRules(true, true, null, (state, ballot) -> state);

    private final boolean registers;
    private final boolean timestamps;
    private final @Nullable StateCheck check;
    private final StateLimit limit;

    /**
     * Decides what can be a state of a register. Called on the loop for each change, so it must
     * take a bounded time.
     */
    public interface StateCheck {
        /**
         * Whether the bytes can be a state.
         *
         * @param state not to be changed or kept
         * @param ballot the ballot of the request to accept it
         */
        boolean isState(byte[] state, Ballot ballot);
    }

    /** Removes from a state what is above a ballot, for a repair of ballots. */
    public interface StateLimit {
        /**
         * A copy of a state in which no number that came from a clock is above a ballot.
         *
         * @param state not to be changed; one that cannot be read is returned as it is
         * @param ballot the one that the state is kept with from now on
         */
        byte[] limit(byte[] state, Ballot ballot);
    }

    private StoreRules(boolean registers, boolean timestamps, @Nullable StateCheck check, StateLimit limit) {
        this.registers = registers;
        this.timestamps = timestamps;
        this.check = check;
        this.limit = limit;
    }

    /**
     * Rules for stores that consist of registers alone: {@link QuorumCalls#accept} and the like are
     * served, {@link QuorumCalls#merge} is refused.
     */
    public static StoreRules registers(StateCheck check) {
        return registers(check, (state, ballot) -> state);
    }

    /**
     * Rules for stores that consist of registers alone, whose states hold ballots or other readings
     * of clocks.
     *
     * @param limit removes the readings that are out of bounds
     */
    public static StoreRules registers(StateCheck check, StateLimit limit) {
        return new StoreRules(true, false, check, limit);
    }

    /**
     * Rules for stores that consist of versioned values alone: {@link QuorumCalls#merge} and the
     * like are served, {@link QuorumCalls#accept} is refused.
     */
    public static StoreRules versionedValues() {
        return new StoreRules(false, true, null, (state, ballot) -> state);
    }

    /** Whether the stores may have registers. */
    public boolean takesRegisters() {
        return registers;
    }

    /** Whether the stores may have versioned values. */
    public boolean takesVersioned() {
        return timestamps;
    }

    /** Whether ballots and states are checked at all. */
    public boolean checksRegisters() {
        return check != null;
    }

    /** Whether the bytes can be a state that was accepted with a ballot. */
    public boolean isState(byte[] state, Ballot ballot) {
        return check == null || check.isState(state, ballot);
    }

    /** A state without what is above a ballot. */
    public byte[] limited(byte[] state, Ballot ballot) {
        return limit.limit(state, ballot);
    }

    /**
     * Whether the bytes are no state of the ballot, but become one without what is above the
     * ballot.
     */
    public boolean isAboveBallot(byte[] state, Ballot ballot) {
        return !isState(state, ballot) && isState(limited(state, ballot), ballot);
    }
}
