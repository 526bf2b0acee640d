package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Checks that all that was acknowledged before a loss of power is there after it.
 *
 * <ul>
 *   <li>Each acknowledged addition, for keys that only {@link Op.AddAndGet} changed.
 *   <li>Each acknowledged text, for keys that only {@link Op.Append} changed.
 *   <li>The value that was read last, for keys that nobody changed after that read began, and that
 *       have no unknown outcome.
 * </ul>
 *
 * <p>Other keys are not checked: those with changes of several kinds, and those that nobody read
 * after the loss. So have a client read every key in the end, and count these reads.
 *
 * <p>A linearizable history always passes; a contradiction here says what was lost. Stateless, so
 * any thread may use it.
 */
public final class DurabilityChecker {
    private DurabilityChecker() {}

    /**
     * Checks a history. The time grows with the changes of a key times its different reads.
     *
     * @param powerLost when all nodes lost their power, on the clock of the history. Operations
     *     that returned before were acknowledged; reads that began then or later show what is left
     * @return the contradictions, at most one for each key; empty if there are none
     */
    public static List<Contradiction> check(History history, long powerLost) {
        List<Contradiction> found = new ArrayList<>();
        for (KeyLedger ledger : KeyLedger.of(history)) {
            List<Contradiction> lost = new ArrayList<>();
            List<Operation> left = ledger.distinctReads(powerLost);
            if (ledger.isCounter()) {
                left.forEach(read -> checkSum(ledger, powerLost, read, lost));
            } else if (ledger.isLog()) {
                left.forEach(read -> checkLog(ledger, powerLost, read, lost));
            }
            left.forEach(read -> checkLastRead(ledger, powerLost, read, lost));
            lost.stream().findFirst().ifPresent(found::add);
        }
        return found;
    }

    private static void checkSum(KeyLedger ledger, long powerLost, Operation read, List<Contradiction> lost) {
        long min = ledger.minSum(powerLost);
        if (KeyLedger.sum(read) < min) {
            lost.add(new Contradiction(
                    ledger.key,
                    "acknowledged additions make " + min + ", and after the loss of power the counter holds "
                            + KeyLedger.sum(read),
                    List.of(read)));
        }
    }

    private static void checkLog(KeyLedger ledger, long powerLost, Operation read, List<Contradiction> lost) {
        String text = KeyLedger.text(read);
        for (Operation append : ledger.changes()) {
            boolean acknowledged = append.outcome() == Outcome.OK && append.returned() < powerLost;
            if (acknowledged && !text.contains(((Op.Append) append.op()).text())) {
                lost.add(new Contradiction(
                        ledger.key,
                        "an acknowledged append is missing after the loss of power",
                        List.of(append, read)));
            }
        }
    }

    private static void checkLastRead(KeyLedger ledger, long powerLost, Operation read, List<Contradiction> lost) {
        long lastChange = Long.MIN_VALUE;
        for (Operation change : ledger.changes()) {
            if (change.outcome() != Outcome.FAILED) {
                lastChange = Math.max(lastChange, change.returned());
            }
        }
        if (lastChange >= powerLost) {
            return;
        }
        for (Operation before : ledger.reads(lastChange + 1)) {
            if (before.returned() < powerLost && !Objects.equals(before.result(), read.result())) {
                lost.add(new Contradiction(
                        ledger.key,
                        "nobody changed the value that was read, but it is another after the loss of power",
                        List.of(before, read)));
                return;
            }
        }
    }
}
