package io.coterie.replication.internal.wire;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.replication.Layouts;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.RemoteException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Why a replica refuses crosses the network as a number. One that was used never means something
 * else.
 */
class RefusalLayoutTest {
    private static final Map<Integer, RefusalKind> KINDS = Map.ofEntries(
            entry(0, RefusalKind.OTHER),
            entry(1, RefusalKind.UNKNOWN_STORE),
            entry(2, RefusalKind.OTHER_POLICY),
            entry(3, RefusalKind.OTHER_REPLICAS),
            entry(4, RefusalKind.NO_REPLICA),
            entry(5, RefusalKind.NOT_VOTING),
            entry(6, RefusalKind.NO_STORAGE),
            entry(7, RefusalKind.TOO_MANY_WATCHES),
            entry(8, RefusalKind.LONG_PREFIX),
            entry(9, RefusalKind.TOO_MANY_STORES),
            entry(10, RefusalKind.HIDDEN_CHARACTER),
            entry(11, RefusalKind.NOT_RECORDED),
            entry(12, RefusalKind.CLOCK_AHEAD),
            entry(13, RefusalKind.WRONG_REQUEST),
            entry(14, RefusalKind.TOO_LARGE),
            entry(15, RefusalKind.OTHER_EPOCH),
            entry(16, RefusalKind.OTHER_INCARNATION));

    @Test
    void eachKindHasItsNumber() {
        KINDS.forEach((number, kind) -> {
            assertEquals(number, kind.code(), kind.toString());
            assertEquals(number, new ReplicaRefusal(kind, "no").code());
        });
        assertEquals(EnumSet.allOf(RefusalKind.class), Set.copyOf(KINDS.values()), "a new kind belongs into the table");
    }

    @Test
    void aCallerKnowsTheKindByTheNumber() {
        KINDS.forEach((number, kind) -> assertEquals(kind, RefusalKind.of(new RemoteException(number, "no"))));
    }

    @Test
    void aNumberOfALaterVersionIsSomeOtherFailure() {
        for (int number : new int[] {17, 200, 255}) {
            assertEquals(RefusalKind.OTHER, RefusalKind.of(new RemoteException(number, "no")));
        }
        assertEquals(RefusalKind.OTHER, RefusalKind.of(new RemoteException("io.coterie.Renamed", "no")));
    }

    /** Rpc refuses a message over a limit by itself; in a batch the refusal has a number. */
    @Test
    void aMessageThatIsTooLargeHasANumberInABatch() {
        BatchedAnswers<Boolean> batch = BatchedAnswers.of(1);
        batch.refuse(0, new MessageTooLargeException("big", true));
        assertEquals(
                "01" + "0e" + "00000003" + "626967",
                Layouts.hex(ReplicaMethods.REMOVES.many().response(), batch));
    }
}
