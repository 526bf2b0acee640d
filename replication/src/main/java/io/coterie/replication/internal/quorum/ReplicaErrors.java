package io.coterie.replication.internal.quorum;

import org.jspecify.annotations.Nullable;

/** What went wrong with one request at each replica. */
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

    /** The replica has said so, or it is said of it. */
    void note(int replica, String problem) {
        texts[replica] = problem;
    }

    @Nullable
    String of(int replica) {
        return texts[replica];
    }

    /** One more failure. Returns how many there are. */
    int fail(int replica) {
        return ++failures[replica];
    }

    /** The replica is asked again now. Returns for how many times. */
    int askAgain(int replica) {
        signs[replica] = recovery.signs(replica);
        return ++again[replica];
    }

    int askedAgain(int replica) {
        return again[replica];
    }

    /**
     * Whether nothing was heard of the replica since it was asked again. How that was when it was
     * asked first is not known.
     */
    boolean isSilent(int replica) {
        return again[replica] > 0 && signs[replica] == recovery.signs(replica);
    }
}
