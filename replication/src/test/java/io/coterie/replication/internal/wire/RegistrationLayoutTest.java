package io.coterie.replication.internal.wire;

import static io.coterie.replication.Layouts.A;
import static io.coterie.replication.Layouts.assertClosed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.Layouts;
import org.junit.jupiter.api.Test;

/**
 * The layouts of messages of replicas about themselves and stores may not change by accident: other
 * versions read it.
 */
class RegistrationLayoutTest {
    private static final String INCARNATION = "0000000000000007";
    private static final String START = "0000000000000008";

    @Test
    void aReplicaThatAsksAndOneThatRegisters() {
        assertClosed(
                A + INCARNATION + "00" + "00",
                RegisterMethod.METHOD.request(),
                new RegisterMethod.Request("a", 7, null, null));
        assertClosed(
                A + INCARNATION + "01" + "0000000000000009" + "01" + START,
                RegisterMethod.METHOD.request(),
                new RegisterMethod.Request("a", 7, 9L, 8L));
    }

    @Test
    void whatIsRememberedOfIt() {
        RegisterMethod.Witness witness = RegisterMethod.Witness.VOTED;
        assertClosed("01" + "00", RegisterMethod.METHOD.response(), new RegisterMethod.Answer(witness, null));
        assertClosed(
                "01" + "01" + INCARNATION + "01" + START,
                RegisterMethod.METHOD.response(),
                new RegisterMethod.Answer(witness, new Remembered(7, 8L)));
        assertClosed(
                "01" + "01" + INCARNATION + "00",
                RegisterMethod.METHOD.response(),
                new RegisterMethod.Answer(witness, new Remembered(7, null)));
    }

    @Test
    void witnesses() {
        assertWitness("01", RegisterMethod.Witness.VOTED);
        assertWitness("02", RegisterMethod.Witness.NEW);
        assertWitness("03", RegisterMethod.Witness.AMNESIAC);
        assertEquals(3, RegisterMethod.Witness.values().length, "a new one belongs into this list, with a new number");
        assertThrows(
                IllegalArgumentException.class,
                () -> RegisterMethod.METHOD.response().decode(Layouts.bytes("04" + "00")));
    }

    private static void assertWitness(String code, RegisterMethod.Witness witness) {
        assertClosed(code + "00", RegisterMethod.METHOD.response(), new RegisterMethod.Answer(witness, null));
        assertEquals(
                witness,
                RegisterMethod.METHOD
                        .response()
                        .decode(Layouts.bytes(code + "00"))
                        .witness());
    }

    @Test
    void underWhichPolicyAStoreIsRecorded() {
        assertClosed("00000001" + "73", PolicyMethod.METHOD.request(), new PolicyMethod.Question("s"));
        assertClosed(
                "01" + "00000006" + "7374726f6e67",
                PolicyMethod.METHOD.response(),
                new PolicyMethod.Recorded("strong"));
        assertClosed("00", PolicyMethod.METHOD.response(), new PolicyMethod.Recorded(null));
    }
}
