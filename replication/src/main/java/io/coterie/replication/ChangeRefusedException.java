package io.coterie.replication;

import io.coterie.rpc.error.CoterieException;

/**
 * A change of the members was refused, or was given up. The members are as they were before. The
 * message says what is so, and what to do.
 */
public final class ChangeRefusedException extends CoterieException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why a change is refused. */
    public enum Reason {
        /** This node is no replica, or its replica is no member. */
        NO_MEMBER,
        /** Another change is running: one is made at a time. */
        ANOTHER_CHANGE,
        /** The change names a member that there is not. */
        UNKNOWN_MEMBER,
        /** The name of the newcomer belongs to a member. */
        NAME_IN_USE,
        /** The address of the newcomer belongs to another member. */
        ADDRESS_IN_USE,
        /** The newcomer does not answer. */
        NEWCOMER_SILENT,
        /** The newcomer belongs to another cluster. */
        OTHER_CLUSTER,
        /** The last member cannot be removed. */
        LAST_MEMBER,
        /** The member that is to be replaced is alive. */
        MEMBER_ALIVE,
        /** Afterwards no member could fail any longer. */
        NO_VOTE_TO_SPARE,
        /** A store has chosen quorums that there are not among the members afterwards. */
        QUORUMS_UNDEFINED,
        /** Too few members answer. */
        NO_QUORUM,
        /** A member that is needed failed while the change was made. It was taken back. */
        MEMBER_FAILED,
        /** Somebody has aborted the change. */
        ABORTED,
        /** There is no change running that could be aborted. */
        TOO_LATE
    }

    public ChangeRefusedException(Reason reason, String message) {
        super(message, false, null);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
