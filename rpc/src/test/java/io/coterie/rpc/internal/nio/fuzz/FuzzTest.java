package io.coterie.rpc.internal.nio.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.internal.nio.handshake.ByHand;
import io.coterie.rpc.internal.nio.handshake.DialedAttack;
import io.coterie.rpc.internal.nio.handshake.DialingAttack;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Bytes of unauthenticated peers and of peers gone mad, made out of valid ones, over real sockets:
 * nothing of it is thrown out of the loop, takes more memory than was announced, or changes an
 * answer to a good caller that calls all the while. {@code -Dcoterie.fuzz=10000000} makes it as
 * many inputs.
 */
class FuzzTest {
    private static final long DIALING = Campaign.INPUTS / 25;
    private static final long DIALED = Campaign.INPUTS / 100;
    private static final long MESSAGES = Campaign.INPUTS - DIALING - DIALED;
    private static final SharedSecret WRONG_SECRET = ByHand.secret("what an attacker takes for it");

    @Test
    void messages() {
        try (FuzzTarget target = new FuzzTarget(Map.of(), null)) {
            String report;
            try (MessageAttack attack = new MessageAttack(target)) {
                report = new Campaign("FuzzTest#messages").run(MESSAGES, attack);
            }
            end(target, report);
        }
    }

    @Test
    void unauthenticatedPeers() {
        try (FuzzTarget target = new FuzzTarget(Map.of(), null)) {
            end(
                    target,
                    new Campaign("FuzzTest#unauthenticatedPeers").run(DIALING / 2, new DialingAttack(target, null)));
        }
    }

    @Test
    void unauthenticatedPeersThatKnowTheSecret() {
        try (FuzzTarget target = new FuzzTarget(Map.of(), ByHand.SECRET)) {
            end(
                    target,
                    new Campaign("FuzzTest#unauthenticatedPeersThatKnowTheSecret")
                            .run(DIALING / 4, new DialingAttack(target, ByHand.SECRET)));
        }
    }

    @Test
    void unauthenticatedPeersThatDoNotKnowTheSecretAreNeverTaken() {
        try (FuzzTarget target = new FuzzTarget(Map.of(), ByHand.SECRET)) {
            end(
                    target,
                    new Campaign("FuzzTest#unauthenticatedPeersThatDoNotKnowTheSecretAreNeverTaken")
                            .run(DIALING / 4, new DialingAttack(target, WRONG_SECRET)));
            assertEquals(Set.of(GoodCaller.NAME), target.server.met);
        }
    }

    @Test
    void thoseDialed() throws IOException {
        dialed("thoseDialed", null, null);
    }

    @Test
    void thoseDialedThatKnowTheSecret() throws IOException {
        dialed("thoseDialedThatKnowTheSecret", ByHand.SECRET, ByHand.SECRET);
    }

    @Test
    void thoseDialedThatDoNotKnowTheSecretAreNeverTaken() throws IOException {
        Set<?> met = dialed("thoseDialedThatDoNotKnowTheSecretAreNeverTaken", ByHand.SECRET, WRONG_SECRET);

        assertEquals(Set.of(GoodCaller.NAME), met);
    }

    private static Set<?> dialed(String test, @Nullable SharedSecret right, @Nullable SharedSecret held)
            throws IOException {
        try (ServerSocket listening = DialedAttack.listen();
                FuzzTarget target = new FuzzTarget(DialedAttack.peers(listening), right)) {
            DialedAttack attack = new DialedAttack(target, held, listening);
            String report = new Campaign("FuzzTest#" + test).run(DIALED / 3, attack);
            attack.stopListening();
            end(target, report);
            return target.server.met;
        }
    }

    private static void end(FuzzTarget target, String report) {
        target.checkAfterwards();
        System.out.println(report + "; " + target.report());
    }
}
