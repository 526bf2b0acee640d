package io.coterie.replication.internal.quorum;

import org.jspecify.annotations.Nullable;

/** What went wrong with one request, for each replica. Made for the first failure only. */
final class ReplicaErrors {
    private final PeerRecovery recovery;
    private final int[] failures;
    private final @Nullable String[] texts;
    private final int[] again;
    private final long[] signs;

    ReplicaErrors(PeerRecovery recovery, int replicas) {
        this.recovery = recovery;
        this.failures = new int[replicas];
        this.texts = new String[replicas];
        this.again = new int[replicas];
        this.signs = new long[replicas];
    }

    /** Notes a human-readable text that the replica sent, or that describes its failure. */
    void note(int replica, String problem) {
        texts[replica] = problem;
    }

    @Nullable
    String of(int replica) {
        return texts[replica];
    }

    /** Counts a failure; returns how many there are. */
    int fail(int replica) {
        return ++failures[replica];
    }

    /** The replica is asked again now; returns how often it was. */
    int askAgain(int replica) {
        signs[replica] = recovery.signs(replica);
        return ++again[replica];
    }

    int askedAgain(int replica) {
        return again[replica];
    }

    /**
     * Whether nothing arrived from the replica since it was asked again. For the first time that it
     * was asked this is not known.
     */
    boolean isSilent(int replica) {
        return again[replica] > 0 && signs[replica] == recovery.signs(replica);
    }
}
