package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The operations of one key, for checks that add up. */
final class KeyLedger {
    final String key;
    private final List<Operation> operations;

    KeyLedger(String key, List<Operation> operations) {
        this.key = key;
        this.operations = operations;
    }

    /** The ledgers of all keys of a history. */
    static List<KeyLedger> of(History history) {
        List<KeyLedger> ledgers = new ArrayList<>();
        history.byKey().forEach((key, operations) -> ledgers.add(new KeyLedger(key, operations)));
        return ledgers;
    }

    /** Whether only additions changed the key. */
    boolean isCounter() {
        return isChangedBy(Op.AddAndGet.class);
    }

    /** Whether only appends changed the key. */
    boolean isLog() {
        return isChangedBy(Op.Append.class);
    }

    /** All changes, whatever their outcome. */
    List<Operation> changes() {
        return select(operation -> !(operation.op() instanceof Op.Read));
    }

    /** For each value that was read, one of the answered reads that did not begin before a time. */
    List<Operation> distinctReads(long since) {
        Map<String, Operation> byValue = new LinkedHashMap<>();
        reads(since).forEach(read -> byValue.putIfAbsent(String.valueOf(read.result()), read));
        return List.copyOf(byValue.values());
    }

    /** The answered reads that did not begin before a time. */
    List<Operation> reads(long since) {
        return select(operation ->
                operation.op() instanceof Op.Read && operation.outcome() == Outcome.OK && operation.invoked() >= since);
    }

    /** The minimum that a counter can hold after all additions that were answered before a time. */
    long minSum(long until) {
        return changes().stream()
                .mapToLong(change -> change.returned() < until ? certain(change) : Math.min(0, possible(change)))
                .sum();
    }

    /** The maximum that a counter can hold. */
    long maxSum() {
        return changes().stream()
                .mapToLong(change -> Math.max(certain(change), possible(change)))
                .sum();
    }

    /** The value that a read of a counter found. */
    static long sum(Operation read) {
        String result = read.result();
        return result == null ? 0 : Long.parseLong(result);
    }

    /** The text that a read of a log found. */
    static String text(Operation read) {
        String result = read.result();
        return result == null ? "" : result;
    }

    /** How often a text is in another, without overlap. */
    static int count(String text, String in) {
        int count = 0;
        for (int at = in.indexOf(text); at >= 0; at = in.indexOf(text, at + text.length())) {
            count++;
        }
        return count;
    }

    private static long certain(Operation addition) {
        return addition.outcome() == Outcome.OK ? ((Op.AddAndGet) addition.op()).delta() : 0;
    }

    private static long possible(Operation addition) {
        return addition.outcome() == Outcome.FAILED ? 0 : ((Op.AddAndGet) addition.op()).delta();
    }

    private boolean isChangedBy(Class<? extends Op> kind) {
        List<Operation> changes = changes();
        return !changes.isEmpty() && changes.stream().allMatch(change -> kind.isInstance(change.op()));
    }

    private List<Operation> select(Predicate<Operation> which) {
        return operations.stream().filter(which).toList();
    }
}
