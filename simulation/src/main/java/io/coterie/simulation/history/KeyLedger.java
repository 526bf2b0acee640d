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

    /** That of each key of a history. */
    static List<KeyLedger> of(History history) {
        List<KeyLedger> ledgers = new ArrayList<>();
        history.byKey().forEach((key, operations) -> ledgers.add(new KeyLedger(key, operations)));
        return ledgers;
    }

    /** Whether nothing but additions changed it. */
    boolean isCounter() {
        return isChangedBy(Op.AddAndGet.class);
    }

    /** Whether nothing but text that was added at its end changed it. */
    boolean isLog() {
        return isChangedBy(Op.Append.class);
    }

    /** What changed it or may have, or was to. */
    List<Operation> changes() {
        return select(operation -> !(operation.op() instanceof Op.Read));
    }

    /** One of the reads that were answered and not begun before a time, for each value that they found. */
    List<Operation> distinctReads(long since) {
        Map<String, Operation> byValue = new LinkedHashMap<>();
        reads(since).forEach(read -> byValue.putIfAbsent(String.valueOf(read.result()), read));
        return List.copyOf(byValue.values());
    }

    /** The reads that were answered and not begun before a time. */
    List<Operation> reads(long since) {
        return select(operation ->
                operation.op() instanceof Op.Read && operation.outcome() == Outcome.OK && operation.invoked() >= since);
    }

    /** The least that a counter can hold with all in it that was answered before a time. */
    long leastSum(long until) {
        return changes().stream()
                .mapToLong(change -> change.returned() < until ? certain(change) : Math.min(0, possible(change)))
                .sum();
    }

    /** The most that a counter can hold. */
    long greatestSum() {
        return changes().stream()
                .mapToLong(change -> Math.max(certain(change), possible(change)))
                .sum();
    }

    /** What a read of a counter found. */
    static long sum(Operation read) {
        String result = read.result();
        return result == null ? 0 : Long.parseLong(result);
    }

    /** What a read of a log found. */
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
