package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Adds up the effects of all changes that are there in the end. A change that was answered must be
 * there once, a change of unknown outcome at most once, a change that failed not at all, and
 * nothing else may be there.
 *
 * <p>It checks keys that only {@link Op.AddAndGet} changed, and keys that only {@link Op.Append}
 * changed. A counter with unknown outcomes has bounds instead of one right sum. All other keys pass
 * unchecked, and so does a key that nobody read in the end.
 *
 * <p>A linearizable history always passes, so this also tests the {@link LinearizabilityChecker}. A
 * contradiction names the operation that went wrong. Stateless, so any thread may use it.
 */
public final class ExactlyOnceChecker {
    private ExactlyOnceChecker() {}

    /**
     * Checks a history. The time grows with the changes of a key times its different reads.
     *
     * @param history texts that were appended to one key must be unique and not empty, and no text
     *     may be found in others that are joined: best give each a separator at its end
     * @param since the time at which all changes had returned or never will, on the clock of the
     *     history. Reads that began then or later show what is there in the end
     * @return the contradictions, at most one for each key; empty if there are none
     * @throws IllegalArgumentException if two operations append the same text to one key
     */
    public static List<Contradiction> check(History history, long since) {
        List<Contradiction> found = new ArrayList<>();
        for (KeyLedger ledger : KeyLedger.of(history)) {
            List<Contradiction> wrong = new ArrayList<>();
            if (ledger.isCounter()) {
                ledger.distinctReads(since).forEach(read -> checkSum(ledger, read, wrong));
            } else if (ledger.isLog()) {
                checkUnique(ledger);
                ledger.distinctReads(since).forEach(read -> checkLog(ledger, read, wrong));
            }
            wrong.stream().findFirst().ifPresent(found::add);
        }
        return found;
    }

    private static void checkSum(KeyLedger ledger, Operation read, List<Contradiction> wrong) {
        long min = ledger.minSum(Operation.NEVER);
        long max = ledger.maxSum();
        long sum = KeyLedger.sum(read);
        if (sum < min || sum > max) {
            String expected = min == max ? String.valueOf(min) : min + " to " + max;
            wrong.add(new Contradiction(
                    ledger.key, "the additions make " + expected + ", and the counter holds " + sum, List.of(read)));
        }
    }

    private static void checkLog(KeyLedger ledger, Operation read, List<Contradiction> wrong) {
        String text = KeyLedger.text(read);
        int explained = 0;
        for (Operation append : ledger.changes()) {
            String appended = ((Op.Append) append.op()).text();
            int count = KeyLedger.count(appended, text);
            explained += count * appended.length();
            int min = append.outcome() == Outcome.OK ? 1 : 0;
            int max = append.outcome() == Outcome.FAILED ? 0 : 1;
            if (count < min || count > max) {
                wrong.add(new Contradiction(
                        ledger.key,
                        "an append whose outcome is " + append.outcome() + " is there " + count + " times",
                        List.of(append, read)));
            }
        }
        if (wrong.isEmpty() && explained != text.length()) {
            wrong.add(new Contradiction(ledger.key, "there is something that nobody appended", List.of(read)));
        }
    }

    private static void checkUnique(KeyLedger ledger) {
        Set<String> texts = new HashSet<>();
        for (Operation append : ledger.changes()) {
            if (!texts.add(((Op.Append) append.op()).text())) {
                throw new IllegalArgumentException("key " + ledger.key + ": two operations append the same text, as "
                        + append + "; give each a text of its own");
            }
        }
    }
}
