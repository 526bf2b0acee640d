package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.simulation.SimRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Compares the checker with one that is too simple to be wrong and too slow for use: it tries all
 * orders.
 */
class BruteForceTest {
    private static final int HISTORIES = 20_000;
    private static final List<String> VALUES = List.of("1", "2", "12");

    private final RegisterModel model = new RegisterModel();
    private final LinearizabilityChecker<RegisterModel.Content> checker = LinearizabilityChecker.of(model);

    @Test
    void theCheckerAgreesOnRandomHistories() {
        SimRandom random = new SimRandom(2024);
        int right = 0;
        for (int i = 0; i < HISTORIES; i++) {
            List<Operation> operations = draw(random, 2 + random.nextInt(5));
            boolean expected = anyOrderExplains(model.initial(), operations);
            Verdict verdict = checker.check(new History(operations));

            assertEquals(expected, verdict.isLinearizable(), () -> "\n" + new History(operations).toText() + verdict);
            if (!expected) {
                assertTrue(
                        !anyOrderExplains(model.initial(), verdict.evidence()), () -> "no contradiction: " + verdict);
            }
            right += expected ? 1 : 0;
        }
        int found = right;
        assertTrue(right > HISTORIES / 10 && right < HISTORIES * 9 / 10, () -> "one-sided: " + found + " are right");
    }

    /**
     * Small parts of right histories, most of them with one answer replaced by another one of them.
     */
    @Test
    void theCheckerAgreesOnNearlyRightHistories() {
        SimRandom random = new SimRandom(2025);
        int right = 0;
        for (int i = 0; i < HISTORIES; i++) {
            List<Operation> operations = new ArrayList<>(SimulatedRegister.run(i, 3 + random.nextInt(6), 5, 0.35));
            if (random.chance(0.8)) {
                Operation from = random.pick(operations);
                int to = random.nextInt(operations.size());
                operations.set(to, withAnswerOf(from, operations.get(to)));
            }
            boolean expected = anyOrderExplains(model.initial(), operations);
            Verdict verdict = checker.check(new History(operations));
            assertEquals(expected, verdict.isLinearizable(), () -> "\n" + new History(operations).toText() + verdict);
            if (!expected) {
                assertTrue(
                        !anyOrderExplains(model.initial(), verdict.evidence()), () -> "no contradiction: " + verdict);
            }
            right += expected ? 1 : 0;
        }
        int found = right;
        assertTrue(right > HISTORIES / 10 && right < HISTORIES * 9 / 10, () -> "one-sided: " + found + " are right");
    }

    private static Operation withAnswerOf(Operation from, Operation to) {
        if (to.outcome() != Outcome.OK) {
            return to;
        }
        boolean isFlag = !(to.op() instanceof Op.Read || to.op() instanceof Op.Append || to.op() instanceof Op.Write);
        String answer = to.op() instanceof Op.Write
                ? null
                : isFlag
                        ? String.valueOf(!"true".equals(to.result()))
                        : from.op() instanceof Op.Write w ? w.value() : null;
        return new Operation(to.process(), to.key(), to.op(), to.invoked(), to.returned(), Outcome.OK, answer);
    }

    /** Tries each operation that may be first, and then the rest. Unknown ones may be left out. */
    private boolean anyOrderExplains(RegisterModel.Content state, List<Operation> left) {
        if (left.stream().noneMatch(o -> o.outcome() == Outcome.OK)) {
            return true;
        }
        for (Operation first : left) {
            boolean preceded = left.stream().anyMatch(o -> o.outcome() == Outcome.OK && o.returned() < first.invoked());
            RegisterModel.Content after =
                    preceded || first.outcome() == Outcome.FAILED ? null : model.step(state, first);
            if (after != null) {
                List<Operation> rest = new ArrayList<>(left);
                rest.remove(first);
                if (anyOrderExplains(after, rest)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<Operation> draw(SimRandom random, int count) {
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long invoked = random.nextInt(12);
            Op op = drawOp(random);
            int outcome = random.nextInt(8);
            if (outcome == 0) {
                operations.add(new Operation("c" + i, "k", op, invoked, invoked + 3, Outcome.FAILED, null));
            } else if (outcome <= 2) {
                operations.add(new Operation("c" + i, "k", op, invoked, Operation.NEVER, Outcome.UNKNOWN, null));
            } else {
                long returned = invoked + random.nextInt(8);
                operations.add(new Operation("c" + i, "k", op, invoked, returned, Outcome.OK, drawResult(random, op)));
            }
        }
        return operations;
    }

    private static Op drawOp(SimRandom random) {
        String value = random.pick(VALUES);
        return switch (random.nextInt(9)) {
            case 0 -> new Op.Write(value);
            case 1 -> new Op.Delete();
            case 2 -> new Op.CompareAndSet(drawValue(random), drawValue(random));
            case 3 -> new Op.PutIfAbsent(value);
            case 4 -> new Op.AddAndGet(1 + random.nextInt(2));
            case 5 -> new Op.Append(value);
            default -> new Op.Read();
        };
    }

    private static @Nullable String drawResult(SimRandom random, Op op) {
        if (op instanceof Op.Read) {
            return drawValue(random);
        } else if (op instanceof Op.Write || random.chance(0.3)) {
            return null;
        } else if (op instanceof Op.AddAndGet || op instanceof Op.Append) {
            return random.pick(VALUES);
        }
        return Boolean.toString(random.chance(0.5));
    }

    private static @Nullable String drawValue(SimRandom random) {
        int value = random.nextInt(VALUES.size() + 1);
        return value == 0 ? null : VALUES.get(value - 1);
    }
}
