package io.coterie.consistency.internal.coordination.ledger;

import java.util.HashSet;
import java.util.Set;

/**
 * Who has begun to count one latch down, and who knows that it is done: what may be missing lies
 * between the two.
 */
public final class LatchLedger {
    private final Violations violations;
    private final String name;
    private final int count;
    private final Set<String> begun = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private int fewestAnswered;

    public LatchLedger(Violations violations, String name, int count) {
        this.violations = violations;
        this.name = name;
        this.count = count;
        this.fewestAnswered = count;
    }

    public String name() {
        return name;
    }

    public int count() {
        return count;
    }

    public void began(String participant) {
        begun.add(participant);
    }

    public void done(String participant) {
        done.add(participant);
    }

    /** How many may be missing at most for whoever asks from now on. */
    public int mostMissing() {
        return Math.min(count - done.size(), fewestAnswered);
    }

    /** Someone got how many are missing, who asked when at most so many could be. */
    public void answered(String who, int missing, int mostMissing) {
        int fewest = count - begun.size();
        if (missing < fewest) {
            violations.add(name + ": " + who + " was answered that " + missing + " are missing when only " + begun
                    + " of " + count + " had begun");
        }
        if (missing > mostMissing) {
            violations.add(name + ": " + who + " was answered that " + missing + " are missing when at most "
                    + mostMissing + " could be");
        }
        fewestAnswered = Math.min(fewestAnswered, missing);
    }
}
