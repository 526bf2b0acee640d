package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.A;
import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.ONCE;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.RETRY;
import static io.coterie.rpc.plugged.Stage.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A method is served to those alone that have the role it asks for, whatever way it is served, and
 * whatever way it is called.
 */
class RoleTest {
    private final Stage stage = new Stage();
    private final List<String> handled = new ArrayList<>();
    private final RpcNode a = stage.node("a");
    private final RpcNode b = stage.node("b");

    @Test
    void eachMethodLetsInTheRolesFromTheOneThatItAsksForOn() {
        for (Role least : Role.values()) {
            serve(named("at least " + least).allowedTo(least));
        }
        for (Role role : Role.values()) {
            stage.network.roles = node -> role;
            for (Role least : Role.values()) {
                CompletableFuture<String> call = a.call(B, named("at least " + least), "x", ONE_SECOND);
                stage.world.run();
                assertEquals(role.compareTo(least) < 0, call.isCompletedExceptionally(), role + " at " + least);
            }
        }
    }

    @Test
    void aMethodAsksForAClientUnlessItIsSetOtherwise() {
        assertEquals(Role.CLIENT, ECHO.minRole());
        serve(ECHO);
        stage.network.roles = node -> Role.READER;
        assertRefused(a.call(B, ECHO, "x", ONE_SECOND));
        stage.network.roles = node -> Role.CLIENT;
        CompletableFuture<String> call = a.call(B, ECHO, "y", ONE_SECOND);
        stage.world.run();
        assertEquals("y", call.join());
    }

    @Test
    void whatIsRefusedIsNotReadNotRunAndNotTriedAgain() {
        Codec<String> unread = new Codec<>() {
            @Override
            public void encode(String value, io.coterie.rpc.codec.ByteWriter out) {
                Codec.utf8().encode(value, out);
            }

            @Override
            public String decode(ByteBuffer in) {
                throw new AssertionError("it was read");
            }
        };
        RpcMethod<String, String> strict =
                new RpcMethod<>("strict", unread, Codec.utf8(), true).allowedTo(Role.REPLICA);
        b.serve(strict, (caller, text) -> text);
        stage.network.roles = node -> Role.CLIENT;

        NotPermittedException failure = assertRefused(a.call(B, strict, "x", ONE_SECOND.retrying(RETRY)));

        assertTrue(
                failure.getMessage()
                        .startsWith(
                                "call of strict to b: not permitted: the method needs the role replica or higher, but this"
                                        + " node has the role client there; "),
                failure.getMessage());
        assertEquals(0, a.metrics().retries());
    }

    @Test
    void aCopyOfARefusedCallIsNotRunLaterUnderAHigherRole() {
        serve(ONCE);
        stage.network.roles = node -> Role.READER;
        assertRefused(a.call(B, ONCE, "x", ONE_SECOND));
        InMemoryNetwork.Letter request =
                stage.network.letters(6).get(stage.network.letters(6).size() - 1);

        stage.network.roles = node -> Role.REPLICA;
        stage.network.deliver(request);
        stage.world.run();

        assertEquals(List.of(), handled);
    }

    @Test
    void aTellIsDropped() {
        serve(ECHO);
        stage.network.roles = node -> Role.READER;
        a.loop().tell(B, ECHO, "of a reader");
        stage.network.roles = node -> Role.CLIENT;
        a.loop().tell(B, ECHO, "of a client");
        stage.world.run();

        assertEquals(List.of("of a client"), handled);
    }

    @Test
    void aNodeMayCallItself() {
        stage.network.roles = node -> Role.READER;
        assertEquals(Role.REPLICA, a.loop().role(A));
        assertEquals(Role.READER, a.loop().role(B));
        a.serveInline(ECHO.allowedTo(Role.REPLICA), (caller, text) -> text);
        CompletableFuture<String> call = a.call(A, ECHO, "x", ONE_SECOND);
        stage.world.run();
        assertEquals("x", call.join());
    }

    private void serve(RpcMethod<String, String> method) {
        b.serveInline(method, (caller, text) -> {
            handled.add(text);
            return text;
        });
    }

    private NotPermittedException assertRefused(CompletableFuture<?> call) {
        stage.world.run();
        NotPermittedException failure = failureOf(NotPermittedException.class, call);
        assertFalse(failure.maybeExecuted());
        assertEquals(List.of(), handled);
        return failure;
    }

    private static RpcMethod<String, String> named(String name) {
        return new RpcMethod<>(name, Codec.utf8(), Codec.utf8(), true);
    }
}
