package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Compares what is there after all lost their power with what was acknowledged before: each addition and each appended text, where
 * nothing else changed a key, and the value that was read last, where nobody changed a key after that read had begun and no
 * outcome is unknown.
 *
 * <p>A linearizable history never fails this; it tells what was lost.
 */
public final class DurabilityChecker {
    private DurabilityChecker() {}

    /**
     * Checks a history.
     *
     * @param powerLost when it was lost; reads that were begun then or later show what is left
     * @return what is missing, at most one for each key; empty if nothing is
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
        long least = ledger.leastSum(powerLost);
        if (KeyLedger.sum(read) < least) {
            lost.add(new Contradiction(
                    ledger.key,
                    "acknowledged additions make " + least + ", and after the loss of power the counter holds "
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
                        "nobody changed what was read, and after the loss of power it is another",
                        List.of(before, read)));
                return;
            }
        }
    }
}
