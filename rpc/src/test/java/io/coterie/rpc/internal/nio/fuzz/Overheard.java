package io.coterie.rpc.internal.nio.fuzz;

import io.coterie.rpc.internal.wire.SampleMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What an attacker learns from a node: by it, answers meet calls, and requests are executed at most
 * once.
 */
final class Overheard {
    private static final int MOST = 16;
    private static final int SEQUENCES = 50;

    private final List<Long> correlations = new ArrayList<>();
    private long session;

    /** Notes a message of the node. */
    void note(byte[] message) {
        if (SampleMessages.isRequest(message)) {
            if (correlations.size() == MOST) {
                correlations.remove(0);
            }
            correlations.add(SampleMessages.correlation(message));
        }
        long found = SampleMessages.sessionIn(message);
        if (found != 0) {
            session = found;
        }
    }

    /** Has a message mostly make sense to the node. */
    void useFor(byte[] message, SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            return;
        }
        if (SampleMessages.isAnswer(message) && !correlations.isEmpty()) {
            SampleMessages.setCorrelation(message, correlations.get(random.nextInt(correlations.size())));
        } else if (SampleMessages.isOnce(message)) {
            SampleMessages.setSession(message, session, random.nextInt(SEQUENCES));
        }
    }
}
