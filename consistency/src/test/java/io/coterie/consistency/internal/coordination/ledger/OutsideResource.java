package io.coterie.consistency.internal.coordination.ledger;

import io.coterie.consistency.coordination.FencingGuard;
import java.util.HashMap;
import java.util.Map;

/**
 * What a lock protects, outside the cluster: knows no more of it than the token that comes with
 * each write.
 */
public final class OutsideResource {
    private final String name;
    private final Violations violations;
    private final FencingGuard guard = new FencingGuard();
    private final Map<Long, String> writers = new HashMap<>();
    private long highestAccepted;
    private int accepted;
    private int refused;

    OutsideResource(String name, Violations violations) {
        this.name = name;
        this.violations = violations;
    }

    public void write(String writer, long token) {
        if (!guard.admit(token)) {
            refused++;
            return;
        }
        accepted++;
        if (token < highestAccepted) {
            violations.add(name + ": took a write with token " + token + " after one with " + highestAccepted);
        }
        highestAccepted = Math.max(highestAccepted, token);
        String same = writers.putIfAbsent(token, writer);
        if (same != null && !same.equals(writer)) {
            violations.add(name + ": writes of " + same + " and " + writer + " with token " + token + " both got in");
        }
    }

    public int accepted() {
        return accepted;
    }

    public int refused() {
        return refused;
    }
}
