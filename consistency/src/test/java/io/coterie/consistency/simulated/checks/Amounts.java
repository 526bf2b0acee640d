package io.coterie.consistency.simulated.checks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often a run did what it is there to test, and how often at least it should: where next to
 * nothing was done, nothing was tested. A test holds each of its fixed seeds to that. At some seeds
 * faults leave next to nothing to be done; fresh ones are held to the sum of all: most runs must
 * test something.
 *
 * <p>This is no check of what is promised: that must hold in each run, however little was done.
 */
public final class Amounts {
    /** Of a run that is held to nothing. */
    public static final Amounts NONE = new Amounts(Map.of());

    private final Map<String, Amount> amounts;

    private record Amount(long done, long fewest) {
        Amount plus(Amount other) {
            return new Amount(done + other.done, fewest + other.fewest);
        }
    }

    private Amounts(Map<String, Amount> amounts) {
        this.amounts = amounts;
    }

    /** These amounts and one more. */
    public Amounts with(String what, long done, long fewest) {
        return plus(new Amounts(Map.of(what, new Amount(done, fewest))));
    }

    /** The sum of what two runs did, and should. */
    public Amounts plus(Amounts other) {
        Map<String, Amount> sum = new LinkedHashMap<>(amounts);
        other.amounts.forEach((what, amount) -> sum.merge(what, amount, Amount::plus));
        return new Amounts(sum);
    }

    /**
     * Accepts as much as there should be.
     *
     * @param where what a failure's text begins with
     */
    public void requireEnough(String where) {
        amounts.forEach((what, amount) -> {
            if (amount.done() < amount.fewest()) {
                throw new AssertionError(where + "only " + amount.done() + " " + what + ", not " + amount.fewest());
            }
        });
    }
}
