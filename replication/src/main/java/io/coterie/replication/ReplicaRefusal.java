package io.coterie.replication;

import java.util.Set;

/** Why a replica did not do what it was asked for; crosses the network as a kind and a text. */
abstract sealed class ReplicaRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Set<String> NOTHING_DONE = Set.of(
            UnknownStore.class.getName(),
            OtherPolicy.class.getName(),
            OtherReplicas.class.getName(),
            NoReplica.class.getName(),
            NotVoting.class.getName(),
            ClockAhead.class.getName(),
            WrongRequest.class.getName(),
            TooManyWatches.class.getName(),
            LongPrefix.class.getName(),
            TooManyStores.class.getName(),
            HiddenCharacter.class.getName(),
            NotRecorded.class.getName());

    ReplicaRefusal(String message) {
        super(message, null, false, false);
    }

    /**
     * Whether a replica that refuses for this reason has done nothing of what it was asked.
     *
     * @param kind the class name of what it failed with
     */
    static boolean didNothing(String kind) {
        // Storage that failed may have the entry all the same.
        return NOTHING_DONE.contains(kind);
    }

    /** The replica was not there when the store was opened, or does not know yet which replicas the caller was given. */
    static final class UnknownStore extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        UnknownStore() {
            super("the store was not opened at this replica yet by the caller");
        }
    }

    /** The store is recorded under another policy. */
    static final class OtherPolicy extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        OtherPolicy(String message) {
            super(message);
        }
    }

    /** The replica was given other replicas than the caller. */
    static final class OtherReplicas extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        OtherReplicas(String message) {
            super(message);
        }
    }

    /** Only replicas may ask for that, and the caller is none. */
    static final class NoReplica extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        NoReplica(String message) {
            super(message);
        }
    }

    /** The replica may not vote (yet). */
    static final class NotVoting extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        NotVoting(String message) {
            super(message);
        }
    }

    /** The replica's storage failed. */
    static final class NoStorage extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        NoStorage(String message) {
            super(message);
        }
    }

    /** There are as many watches as the replica takes, of the caller or of all nodes. */
    static final class TooManyWatches extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        TooManyWatches(String message) {
            super(message);
        }
    }

    /** What is to be watched or scanned begins with more bytes than any key has. */
    static final class LongPrefix extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        LongPrefix(String message) {
            super(message);
        }
    }

    /** The replica has as many stores as it takes, of all nodes or of the caller. */
    static final class TooManyStores extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        TooManyStores(String message) {
            super(message);
        }
    }

    /** The name of a new store has a character that does not show. */
    static final class HiddenCharacter extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        HiddenCharacter(String message) {
            super(message);
        }
    }

    /** A reader asks for a store that nobody has opened here yet. */
    static final class NotRecorded extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        NotRecorded(String message) {
            super(message);
        }
    }

    /** A stamp, a ballot or a floor lies too far in the future. */
    static final class ClockAhead extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        ClockAhead(String message) {
            super(message);
        }
    }

    /** The request is none that the policy of its store, or any coordinator, makes. It is the same however often it is sent. */
    static final class WrongRequest extends ReplicaRefusal {
        private static final long serialVersionUID = 1L;

        WrongRequest(String message) {
            super(message);
        }
    }
}
