package io.coterie.consistency.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.consistency.Layouts;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.ForwardAnswer;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.ForwardedResults;
import io.coterie.consistency.internal.register.OperationApplier;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What nodes send to the home of a key, and readers to a replica, may not change by accident: other
 * versions read it.
 */
class ForwardLayoutTest {
    private static final byte[] K = {'k'};
    private static final String K_BYTES = "00000001" + "6b";
    private static final byte[] V = {'v'};
    private static final String V_BYTES = "00000001" + "76";
    private static final byte[] W = {'w', 'w'};
    private static final String W_BYTES = "00000002" + "7777";
    private static final String BATCH = "0000000000000006" + "0000000000000007";

    @Test
    void methodsGoByTheseNamesAndCodecsHaveNone() {
        List<RpcMethod<?, ?>> all =
                List.of(ForwardRequest.method("users"), BatchStatusQuery.method("users"), SettlingRead.METHOD);
        assertEquals(
                List.of("strong.forward/users", "strong.goes-on/users", "strong.settle"),
                all.stream().map(RpcMethod::name).toList());
        all.forEach(method ->
                assertEquals("", method.request().name() + method.response().name(), method.name()));
    }

    @Test
    void eachOperationHasItsCode() {
        assertOperation("01", new Operation.Get());
        assertOperation("02" + V_BYTES, new Operation.Put(V));
        assertOperation("03", new Operation.Delete());
        assertOperation("04" + V_BYTES, new Operation.PutIfAbsent(V));
        assertOperation("05" + V_BYTES + W_BYTES, new Operation.CompareAndSet(V, W));
        assertOperation("06" + "fffffffffffffffe", new Operation.Add(-2));
        assertOperation("07" + "01" + V_BYTES + "01" + W_BYTES, new StrongCommand.ConditionalWrite(V, W));
        assertOperation("07" + "00" + "01" + W_BYTES, new StrongCommand.ConditionalWrite(null, W));
        assertOperation("07" + "01" + V_BYTES + "00", new StrongCommand.ConditionalWrite(V, null));
        assertOperation("08", new StrongCommand.ReadForUpdate());
        for (String unknown : List.of("00", "09", "ff")) {
            ByteBuffer request = ByteBuffer.wrap(Layouts.bytes(request("00000001" + unknown)));
            assertThrows(IllegalArgumentException.class, () -> requests().decode(request));
        }
        ForwardRequest function = batch(List.of(new StrongCommand.Apply(new Operation.Update(value -> value))));
        assertThrows(IllegalArgumentException.class, () -> requests().encode(function, new ByteWriter()));
    }

    @Test
    void operationsStandOneBehindTheOther() {
        Layouts.assertClosed(
                request("00000002" + "02" + V_BYTES + "03"),
                requests(),
                batch(List.of(
                        new StrongCommand.Apply(new Operation.Put(V)),
                        new StrongCommand.Apply(new Operation.Delete()))));
    }

    private static void assertOperation(String expected, Operation operation) {
        assertOperation(expected, new StrongCommand.Apply(operation));
    }

    private static void assertOperation(String expected, StrongCommand command) {
        Layouts.assertClosed(request("00000001" + expected), requests(), batch(List.of(command)));
    }

    private static String request(String operations) {
        return K_BYTES + "0000000000000005" + BATCH + operations;
    }

    private static ForwardRequest batch(List<StrongCommand> commands) {
        return new ForwardRequest(K, 5, new Forwarded(6, 7, commands));
    }

    private static Codec<ForwardRequest> requests() {
        return ForwardRequest.method("users").request();
    }

    @Test
    void whatBecameOfABatch() {
        String outcome = BATCH + "ffffffff" + "00000001" + "01";
        assertAnswer("01" + "00", new ForwardAnswer.Applied(null));
        assertAnswer("01" + "01" + V_BYTES, new ForwardAnswer.Applied(V));
        BatchOutcome found = BatchOutcome.ofForwarded(6, 7, new byte[] {1});
        assertAnswer("02" + "00000019" + outcome + "01" + V_BYTES, new ForwardAnswer.Found(found, V));
        assertAnswer("02" + "00000019" + outcome + "00", new ForwardAnswer.Found(found, null));
        assertAnswer("03" + "0000000000000008", new ForwardAnswer.Stale(8));
        assertAnswer("04", new ForwardAnswer.Unknown());
    }

    private static void assertAnswer(String expected, ForwardAnswer answer) {
        Codec<HomeAnswer> codec = ForwardRequest.method("users").response();
        Layouts.assertOpen("00" + expected, codec, new HomeAnswer(false, answer));
        Layouts.assertOpen("01" + expected, codec, new HomeAnswer(true, answer));
        assertEquals(expected, Layouts.hex(answer.encode()));
    }

    @Test
    void whetherAHomeContinuesWithABatch() {
        RpcMethod<BatchStatusQuery, BatchStatus> method = BatchStatusQuery.method("users");
        Layouts.assertClosed(K_BYTES + BATCH, method.request(), new BatchStatusQuery(K, 6, 7));
        Layouts.assertOpen("01", method.response(), BatchStatus.IN_PROGRESS);
        Layouts.assertOpen("02", method.response(), BatchStatus.STALLED);
        Layouts.assertOpen("03", method.response(), BatchStatus.UNKNOWN);
        assertEquals(3, BatchStatus.values().length, "a new one belongs into this list, with a new number");
    }

    @Test
    void aReadThatAReplicaSettlesForAReader() {
        Layouts.assertClosed(
                "0000000000000009" + K_BYTES + "0000000000000005",
                SettlingRead.METHOD.request(),
                new SettlingRead(new RecordKey(9, K), 5));
        Layouts.assertClosed("01" + V_BYTES, SettlingRead.METHOD.response(), new SettlingRead.Found(V));
        Layouts.assertClosed("00", SettlingRead.METHOD.response(), new SettlingRead.Found(null));
    }

    /**
     * A byte for each condition and each addition, and the first sum of a run; nothing for the
     * rest.
     */
    @Test
    void whatAStateRemembersOfTheResultsOfABatch() {
        List<StrongCommand> commands = List.of(
                new StrongCommand.Apply(new Operation.PutIfAbsent(V)),
                new StrongCommand.Apply(new Operation.Add(1)),
                new StrongCommand.Apply(new Operation.Put(counter(40))),
                new StrongCommand.Apply(new Operation.Add(1)),
                new StrongCommand.Apply(new Operation.Add(1)),
                new StrongCommand.ConditionalWrite(null, V),
                new StrongCommand.Apply(new Operation.Get()));
        List<@Nullable Result> results = ForwardedResults.apply(commands, new OperationApplier(null));
        String expected = "01" + "02" + "01" + "0000000000000029" + "01" + "00";

        assertEquals(expected, Layouts.hex(ForwardedResults.encode(commands, results)));
        List<@Nullable Result> read = ForwardedResults.read(commands, Layouts.bytes(expected), V);
        assertEquals(expected, Layouts.hex(ForwardedResults.encode(commands, read)));
    }

    private static byte[] counter(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
