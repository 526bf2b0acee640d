package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
    private static final LinearizabilityChecker<?> CHECKER = LinearizabilityChecker.of(new RegisterModel());

    @Test
    void anEmptyHistoryIsRight() {
        right("");
    }

    @Test
    void aReadMayNotMissAnEarlierWrite() {
        wrong("0 1 a k write =1 ok", "2 3 b k read ok ~");
        wrong("0 1 a k write =1 ok", "2 3 a k write =2 ok", "4 5 b k read ok =1");
        right("0 1 a k write =1 ok", "2 3 a k write =2 ok", "4 5 b k read ok =2");
    }

    @Test
    void aReadMaySeeOrMissAConcurrentWrite() {
        right("0 9 a k write =1 ok", "2 3 b k read ok ~");
        right("0 9 a k write =1 ok", "2 3 b k read ok =1");
        right("0 2 a k write =1 ok", "2 3 b k read ok ~");
    }

    @Test
    void aLaterReadMayNotMissWhatAnEarlierOneSaw() {
        wrong("0 9 a k write =1 ok", "1 2 b k read ok =1", "3 4 c k read ok ~");
        right("0 9 a k write =1 ok", "1 3 b k read ok =1", "2 4 c k read ok ~");
    }

    @Test
    void aReadMayNotSeeAValueThatNobodyWrote() {
        wrong("0 1 a k write =1 ok", "2 3 b k read ok =7");
        wrong("0 1 b k read ok =1", "2 3 a k write =1 ok");
    }

    @Test
    void concurrentWritesAreSeenInOneOrder() {
        wrong("0 9 a k write =1 ok", "0 9 b k write =2 ok", "10 11 c k read ok =1", "12 13 d k read ok =2");
        right("0 9 a k write =1 ok", "0 9 b k write =2 ok", "10 11 c k read ok =1", "12 13 d k read ok =1");
    }

    @Test
    void anUpdateMayNotBeLost() {
        wrong("0 5 a k add 1 ok =1", "0 5 b k add 1 ok =1");
        wrong("0 5 a k append =,a ok =,a", "0 5 b k append =,b ok =,a,b", "6 7 c k read ok =,b");
        right("0 5 a k add 1 ok =1", "0 5 b k add 1 ok =2");
        right("0 5 a k add 1 ok =2", "0 5 b k add 1 ok =1", "6 7 c k add 5 ok =7");
    }

    @Test
    void oneOfTwoEqualCompareAndSetsWins() {
        wrong("0 1 a k write =0 ok", "2 9 a k cas =0 =1 ok =true", "2 9 b k cas =0 =2 ok =true");
        right("0 1 a k write =0 ok", "2 9 a k cas =0 =1 ok =true", "2 9 b k cas =0 =2 ok =false");
    }

    @Test
    void aCompareAndSetMayNotBeAppliedTwice() {
        wrong("0 1 a k write =0 ok", "2 3 a k cas =0 =1 ok =true", "4 5 b k cas =1 =0 ok =true", "6 7 c k read ok =1");
        wrong("0 1 a k append =,x ok", "2 3 b k read ok =,x,x");
    }

    @Test
    void aCompareAndSetIsRefusedOnlyForAnotherValue() {
        wrong("0 1 a k write =0 ok", "2 3 b k cas =0 =1 ok =false");
        wrong("0 1 b k cas ~ =1 ok =false");
        right("0 1 a k write =0 ok", "2 9 a k write =5 ok", "2 3 b k cas =0 =1 ok =false", "10 11 b k read ok =5");
        wrong("0 1 a k write =0 ok", "2 3 b k cas =7 =1 ok =true");
    }

    @Test
    void aDeletedValueMayNotComeBack() {
        wrong("0 1 a k write =1 ok", "2 3 a k delete ok", "4 5 b k read ok =1");
        right("0 1 a k write =1 ok", "2 3 a k delete ok", "4 5 b k read ok ~");
        wrong("0 1 a k write =1 ok", "2 3 a k cas =1 ~ ok =true", "4 5 b k read ok =1");
        wrong("0 1 a k delete ok =true");
        wrong("0 1 a k write =1 ok", "2 3 a k delete ok =false");
    }

    @Test
    void putIfAbsentPutsOnlyWhatIsAbsent() {
        wrong("0 9 a k put-if-absent =1 ok =true", "0 9 b k put-if-absent =2 ok =true");
        wrong("0 1 a k put-if-absent =1 ok =false");
        right("0 1 a k put-if-absent =1 ok =true", "2 3 b k put-if-absent =2 ok =false", "4 5 b k read ok =1");
    }

    @Test
    void aFailedOperationWasNotDone() {
        wrong("0 1 a k write =1 failed", "2 3 b k read ok =1");
        right("0 1 a k write =1 failed", "2 3 b k read ok ~");
        right("0 1 a k read failed");
    }

    @Test
    void anUnknownWriteMayHappenLateOrNever() {
        right("0 - a k write =1 unknown", "2 3 b k read ok ~", "4 5 b k read ok ~");
        right("0 - a k write =1 unknown", "2 3 b k read ok ~", "4 5 b k read ok =1");
        right("0 - a k write =1 unknown", "2 3 b k write =2 ok", "4 5 b k read ok =1");
        right("0 - a k write =1 unknown", "2 3 b k cas =1 =2 ok =true");
        right("0 1 a k write =0 ok", "2 - a k write =1 unknown", "4 5 b k cas =0 =2 ok =false");
    }

    @Test
    void anUnknownWriteThatWasSeenStaysAndHappensOnce() {
        wrong("0 - a k write =1 unknown", "2 3 b k read ok =1", "4 5 b k read ok ~");
        wrong("0 - a k write =1 unknown", "2 3 b k read ok =1", "4 5 b k write =2 ok", "6 7 b k read ok =1");
        wrong("2 3 b k read ok =1", "4 - a k write =1 unknown");
        wrong("0 - a k append =,x unknown", "2 3 b k read ok =,x,x");
    }

    @Test
    void keysAreIndependent() {
        right("0 1 a k write =1 ok", "2 3 b j read ok ~");
        Verdict verdict = check("0 1 a k write =1 ok", "2 3 b j read ok =1", "4 5 b k read ok =1");
        assertEquals("j", verdict.key());
    }

    @Test
    void theEvidenceIsShort() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            lines.add(20 * i + " " + (20 * i + 5) + " a k write =" + i + " ok");
            lines.add((20 * i + 3) + " " + (20 * i + 8) + " b k read ok =" + i);
        }
        lines.add("6010 6011 c k read ok =299");

        Verdict verdict = check(lines.toArray(String[]::new));

        assertEquals(
                List.of("5980 5985 a k write =299 ok", "6000 6005 a k write =300 ok", "6010 6011 c k read ok =299"),
                verdict.evidence().stream().map(Operation::toString).toList());
    }

    @Test
    void tenThousandConcurrentOperationsOnOneKeyAreChecked() {
        for (List<Operation> operations : List.of(
                SimulatedRegister.run(42, 10_000, 20, 0),
                SimulatedRegister.run(42, 10_000, 20, 0.02),
                SimulatedRegister.run(42, 10_000, 5, 0.1),
                SimulatedRegister.runCounter(42, 10_000, 20, 0.02))) {
            Verdict verdict = CHECKER.check(new History(operations));

            assertTrue(verdict.isLinearizable(), verdict::toString);
            assertTrue(verdict.steps() < 5_000_000, verdict::toString);
        }
    }

    @Test
    void programOrderIsTriedFirst() {
        History history = History.parse("""
                0 41 a k delete ok
                1 2 b k delete ok
                3 20 b k write =1 ok
                4 21 b k read ok =1
                5 22 b k write =2 ok
                6 23 b k read ok =2
                7 24 b k delete ok
                8 25 b k put-if-absent =3 ok =true
                9 26 b k write =4 ok
                10 27 b k write =5 ok
                11 28 c k delete ok
                12 29 c k delete ok
                13 30 c k put-if-absent =6 ok =true
                14 31 c k write =7 ok
                15 32 c k write =8 ok
                16 33 c k write =9 ok
                17 34 c k write =10 ok
                18 35 c k read ok =10
                19 36 c k write =11 ok
                37 38 d k delete ok
                39 40 d k write =12 ok
                42 43 e k read ok ~
                """);

        Verdict verdict = CHECKER.check(history);

        assertTrue(verdict.isLinearizable(), verdict::toString);
        assertTrue(verdict.steps() < 1_000, verdict::toString);
        KeySearch<?> anyOrder = new KeySearch<>(new RegisterModel(), history.operations(), 1_000_000);
        assertEquals(Verdict.Kind.GAVE_UP, anyOrder.run(), "the history is too easy to prove anything");
    }

    @Test
    void anotherThanProgramOrderMayBeRight() {
        right("0 9 a k write =1 ok", "1 9 a k write =2 ok", "10 11 b k read ok =1");
        wrong("0 9 a k write =1 ok", "10 19 a k write =2 ok", "20 21 b k read ok =1");
    }

    @Test
    void oneStaleReadAmongThousandsIsFound() {
        List<Operation> operations = new ArrayList<>(SimulatedRegister.run(42, 2_000, 10, 0.01));
        Operation early = readFrom(operations, 1_000);
        Operation late = readFrom(operations, 1_100);
        operations.set(operations.indexOf(late), answering(late, early.result()));

        Verdict verdict = CHECKER.check(new History(operations));

        assertEquals(Verdict.Kind.NOT_LINEARIZABLE, verdict.kind(), verdict::toString);
        assertTrue(verdict.toString().contains("read ok =" + early.result()), verdict::toString);
    }

    @Test
    void aValueThatNobodyWroteIsFoundAtOnce() {
        List<Operation> operations = new ArrayList<>(SimulatedRegister.run(42, 4_000, 10, 0.1));
        Operation read = readFrom(operations, 3_900);
        operations.set(operations.indexOf(read), answering(read, "nobody's"));

        Verdict verdict = CHECKER.check(new History(operations));

        assertEquals(Verdict.Kind.NOT_LINEARIZABLE, verdict.kind(), verdict::toString);
        assertTrue(verdict.steps() < 100, verdict::toString);
    }

    @Test
    void aSearchThatTakesTooLongGivesUp() {
        History history = new History(SimulatedRegister.run(7, 1_000, 20, 0.02));

        Verdict verdict = CHECKER.withMaxSteps(100).check(history);

        assertEquals(Verdict.Kind.GAVE_UP, verdict.kind());
        assertEquals("k", verdict.key());
    }

    private static Operation readFrom(List<Operation> operations, int from) {
        return operations.subList(from, operations.size()).stream()
                .filter(o -> o.op() instanceof Op.Read && o.outcome() == Outcome.OK)
                .findFirst()
                .orElseThrow();
    }

    private static Operation answering(Operation o, @Nullable String result) {
        return new Operation(o.process(), o.key(), o.op(), o.invoked(), o.returned(), Outcome.OK, result);
    }

    private static void right(String... lines) {
        Verdict verdict = check(lines);
        assertEquals(Verdict.Kind.LINEARIZABLE, verdict.kind(), verdict::toString);
    }

    private static void wrong(String... lines) {
        assertEquals(Verdict.Kind.NOT_LINEARIZABLE, check(lines).kind(), () -> String.join("\n", lines));
    }

    private static Verdict check(String... lines) {
        return CHECKER.check(History.parse(String.join("\n", lines)));
    }
}
