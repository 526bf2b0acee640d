package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * What replicas take for the stores of one policy. A replica checks each request by it before it
 * grants or keeps anything: a node with a fault, or one that lies, must not leave what the policy
 * cannot read. Immutable.
 */
public final class StoreRules {
    /** For stores of a policy that nothing is known of: all is taken. */
    public static final StoreRules NONE = new StoreRules(true, true, null, (state, ballot) -> state);

    private final boolean registers;
    private final boolean stamped;
    private final @Nullable StateCheck check;
    private final StateLimit limit;

    /**
     * Tells what can be a state of a register. Called for each change, on the loop: it must take a
     * bounded time.
     */
    public interface StateCheck {
        /**
         * Whether the bytes can be a state.
         *
         * @param state not to be changed or kept
         * @param ballot with which it is to be accepted
         */
        boolean isState(byte[] state, Ballot ballot);
    }

    /** Takes out of a state what is above a ballot, for a repair of ballots. */
    public interface StateLimit {
        /**
         * The same state, in which no number that came from a clock is above a ballot.
         *
         * @param state not to be changed; it need not be one that can be read, and is then returned
         *     as it is
         * @param ballot with which it is to be kept from now on
         */
        byte[] limit(byte[] state, Ballot ballot);
    }

    private StoreRules(boolean registers, boolean stamped, @Nullable StateCheck check, StateLimit limit) {
        this.registers = registers;
        this.stamped = stamped;
        this.check = check;
        this.limit = limit;
    }

    /**
     * For stores that are made of registers alone: what {@link Replication#accept} and its like ask
     * for.
     */
    public static StoreRules registers(StateCheck check) {
        return registers(check, (state, ballot) -> state);
    }

    /**
     * The same, for states that hold ballots or other readings of clocks themselves.
     *
     * @param limit takes those out that are out of bounds
     */
    public static StoreRules registers(StateCheck check, StateLimit limit) {
        return new StoreRules(true, false, check, limit);
    }

    /**
     * For stores that are made of stamped values alone: what {@link Replication#merge} and its like
     * ask for.
     */
    public static StoreRules stampedValues() {
        return new StoreRules(false, true, null, (state, ballot) -> state);
    }

    /** Whether registers are taken. */
    public boolean takesRegisters() {
        return registers;
    }

    /** Whether stamped values are taken. */
    public boolean takesStamped() {
        return stamped;
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

    /** Whether a state is none that goes with its ballot, and is one without what is above that. */
    public boolean isAboveBallot(byte[] state, Ballot ballot) {
        return !isState(state, ballot) && isState(limited(state, ballot), ballot);
    }
}
