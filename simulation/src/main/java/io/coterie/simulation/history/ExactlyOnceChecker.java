package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Adds up what is there in the end: what was answered must be in it once, what has an unknown outcome at most once, what
 * failed not at all, and nothing else. It looks at keys that nothing but {@link Op.AddAndGet} changed, and at those that
 * nothing but {@link Op.Append} changed; of a counter with unknown outcomes it knows bounds only.
 *
 * <p>A linearizable history never fails this, so it holds the {@link LinearizabilityChecker}, too; and it tells what happened to
 * which operation.
 */
public final class ExactlyOnceChecker {
    private ExactlyOnceChecker() {}

    /**
     * Checks a history.
     *
     * @param history the texts appended to one key must be unique, not empty, and such that none can be found in others put
     *     together: best with a separator at their end
     * @param since when all changes had returned or would never; reads that were begun then or later show what is there in
     *     the end
     * @return what is wrong, at most one for each key; empty if nothing is
     * @throws IllegalArgumentException if a text was appended by two operations to one key
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
        long least = ledger.leastSum(Operation.NEVER);
        long greatest = ledger.greatestSum();
        long sum = KeyLedger.sum(read);
        if (sum < least || sum > greatest) {
            String expected = least == greatest ? String.valueOf(least) : least + " to " + greatest;
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
            int least = append.outcome() == Outcome.OK ? 1 : 0;
            int most = append.outcome() == Outcome.FAILED ? 0 : 1;
            if (count < least || count > most) {
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
