package io.coterie.consistency.internal.register;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the origin of a batch gets later must be what it would have got at once. */
class ForwardedResultsTest {
    private static final byte[] NO_COUNTER = {1, 2, 3};

    @Test
    void resultsRememberedAreThoseThatTheBatchHad() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<StrongCommand> commands = draw(random);
            OperationApplier applier = new OperationApplier(random.nextBoolean() ? null : counter(random.nextInt(9)));
            List<@Nullable Result> had = ForwardedResults.apply(commands, applier);
            byte[] remembered = ForwardedResults.encode(commands, had);
            byte[] found = applier.value();
            assertSame(commands, had, ForwardedResults.read(commands, remembered, found), found, seed);
        }
    }

    @Test
    void aRunOfAdditionsTakesAByteEachAndEightForTheFirstSum() {
        List<StrongCommand> commands = List.of(
                new StrongCommand.Apply(new Operation.Add(1)),
                new StrongCommand.Apply(new Operation.Add(2)),
                new StrongCommand.Apply(new Operation.Add(3)));
        byte[] remembered =
                ForwardedResults.encode(commands, ForwardedResults.apply(commands, new OperationApplier(counter(5))));
        assertEquals(3 + Long.BYTES, remembered.length);
    }

    @Test
    void answersReadBackAsTheyWereWritten() {
        for (ForwardAnswer answer : List.of(
                new ForwardAnswer.Applied(counter(7)),
                new ForwardAnswer.Applied(null),
                new ForwardAnswer.Found(BatchOutcome.ofForwarded(1, 2, NO_COUNTER), counter(1)),
                new ForwardAnswer.Found(BatchOutcome.ofOwn(1, 2, 3), null),
                new ForwardAnswer.Stale(99),
                new ForwardAnswer.Unknown())) {
            byte[] bytes = answer.encode();
            assertArrayEquals(bytes, ForwardAnswer.read(ByteBuffer.wrap(bytes)).encode());
        }
    }

    @Test
    void bytesThatAreNoAnswerAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ForwardAnswer.read(ByteBuffer.wrap(new byte[] {9})));
        ByteBuffer endless = ByteBuffer.wrap(
                new ByteWriter().putByte(1).putByte(1).putInt(Integer.MAX_VALUE).toByteArray());
        assertThrows(RuntimeException.class, () -> ForwardAnswer.read(endless));
    }

    private static List<StrongCommand> draw(Random random) {
        List<StrongCommand> commands = new ArrayList<>();
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            byte[] value = random.nextInt(4) == 0 ? NO_COUNTER : counter(random.nextInt(3));
            Operation operation = switch (random.nextInt(7)) {
                case 0 -> new Operation.Put(value);
                case 1 -> new Operation.Delete();
                case 2 -> new Operation.PutIfAbsent(value);
                case 3 -> new Operation.CompareAndSet(value, counter(random.nextInt(3)));
                case 4 -> new Operation.Get();
                default -> new Operation.Add(random.nextInt(5));
            };
            commands.add(new StrongCommand.Apply(operation));
        }
        return commands;
    }

    private static byte[] counter(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    /**
     * A read is answered from the state that is found, whatever it was when the batch was applied,
     * and so is what a refused swap met.
     */
    private static void assertSame(
            List<StrongCommand> commands,
            List<@Nullable Result> had,
            List<@Nullable Result> read,
            byte @Nullable [] found,
            int seed) {
        for (int i = 0; i < had.size(); i++) {
            Result expected = had.get(i);
            Result actual = read.get(i);
            if (expected == null || commands.get(i).isRead()) {
                assertEquals(expected == null, actual == null, "seed " + seed);
            } else {
                assertNotNull(actual, "seed " + seed);
                assertEquals(expected.applied(), actual.applied(), "seed " + seed);
                boolean refused = commands.get(i) instanceof StrongCommand.Apply asked
                        && asked.operation() instanceof Operation.CompareAndSet
                        && !actual.applied();
                assertArrayEquals(refused ? found : expected.value(), actual.value(), "seed " + seed);
            }
        }
    }
}
