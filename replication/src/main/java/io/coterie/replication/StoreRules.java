package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * What replicas take for the stores of one policy. A replica checks each request by it before it grants or keeps anything: a
 * node with a fault, or one that lies, must not leave what the policy cannot read. Immutable.
 */
public final class StoreRules {
    /** For stores of a policy that nothing is known of: all is taken. */
    static final StoreRules NONE = new StoreRules(true, true, null);

    private final boolean registers;
    private final boolean stamped;
    private final @Nullable StateCheck check;

    /** Tells what can be a state of a register. Called for each change, on the loop: it must take a bounded time. */
    public interface StateCheck {
        /**
         * Whether the bytes can be a state.
         *
         * @param state not to be changed or kept
         * @param ballot with which it is to be accepted
         */
        boolean isState(byte[] state, Ballot ballot);
    }

    private StoreRules(boolean registers, boolean stamped, @Nullable StateCheck check) {
        this.registers = registers;
        this.stamped = stamped;
        this.check = check;
    }

    /** For stores that are made of registers alone: what {@link Replication#accept} and its like ask for. */
    public static StoreRules registers(StateCheck check) {
        return new StoreRules(true, false, check);
    }

    /** For stores that are made of stamped values alone: what {@link Replication#merge} and its like ask for. */
    public static StoreRules stampedValues() {
        return new StoreRules(false, true, null);
    }

    boolean takesRegisters() {
        return registers;
    }

    boolean takesStamped() {
        return stamped;
    }

    /** Whether ballots and states are checked at all. */
    boolean checksRegisters() {
        return check != null;
    }

    boolean isState(byte[] state, Ballot ballot) {
        return check == null || check.isState(state, ballot);
    }
}
