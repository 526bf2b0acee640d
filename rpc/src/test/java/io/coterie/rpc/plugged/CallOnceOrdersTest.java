package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.IMPATIENT;
import static io.coterie.rpc.plugged.Stage.ONCE;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.RETRY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/**
 * All orders in which the messages of a call that is tried twice can come, each once or twice, with
 * a restart of the server between any two of them, and with each of the server's first answers lost
 * or not.
 */
class CallOnceOrdersTest {
    /** Deliver the first request, or the second; let time pass; start the server again. */
    private static final List<String> EVENTS = List.of("1", "1", "2", "2", "time", "restart");

    private static final int LOSABLE = 4;

    @Test
    void noOrderOfMessagesHasACallExecutedTwice() {
        Set<List<String>> orders = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        permute(new ArrayList<>(EVENTS), new ArrayList<>(), orders);
        assertEquals(180, orders.size());

        int answered = 0;
        int runs = 0;
        for (List<String> order : orders) {
            for (int lost = 0; lost < 1 << LOSABLE; lost++) {
                for (boolean notified : List.of(false, true)) {
                    if (new Story(order, lost, notified).holds()) {
                        answered++;
                    }
                    runs++;
                }
            }
        }
        // Neither may be rare, or the rule would be kept by answering nothing.
        assertTrue(answered > runs / 4 && answered < runs, answered + " answered of " + runs);
    }

    private static void permute(List<String> left, List<String> order, Set<List<String>> found) {
        if (left.isEmpty()) {
            found.add(List.copyOf(order));
            return;
        }
        for (int i = 0; i < left.size(); i++) {
            String event = left.remove(i);
            order.add(event);
            permute(left, order, found);
            order.remove(order.size() - 1);
            left.add(i, event);
        }
    }

    /** One order of events. */
    private static final class Story {
        private final Stage stage = new Stage();
        private final List<String> order;
        private final String name;
        private final int lost;
        private final boolean notified;
        private final List<InMemoryNetwork.Letter> held = new ArrayList<>();
        private final RpcNode a = stage.node("a");
        private RpcNode b = serving();
        private int executions;
        private int answers;
        private boolean holding;

        /**
         * @param lost which of the server's first answers are lost, by bit
         * @param notified whether the caller learns of the restart
         */
        Story(List<String> order, int lost, boolean notified) {
            this.order = order;
            this.lost = lost;
            this.notified = notified;
            this.name = order + ", lost " + Integer.toBinaryString(lost) + ", notified " + notified;
        }

        private RpcNode serving() {
            RpcNode node = stage.node("b");
            node.serve(ONCE, (caller, text) -> {
                if (text.equals("x")) {
                    executions++;
                }
                return text;
            });
            return node;
        }

        /** Plays it, and returns whether the call was answered. */
        boolean holds() {
            CompletableFuture<String> warmUp = a.call(B, ONCE, "warm-up", ONE_SECOND);
            stage.world.run();
            assertEquals("warm-up", warmUp.join());

            stage.network.delivers = message -> arrives(message.get(0));
            holding = true;
            CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT.retrying(RETRY.withMaxAttempts(3)));
            order.forEach(this::happens);
            holding = false;
            stage.pass(2000);
            check(call);
            // Copies that come when all is over.
            held.forEach(stage.network::deliver);
            stage.world.run();
            check(call);
            return !call.isCompletedExceptionally();
        }

        private boolean arrives(byte kind) {
            if (kind == 6) {
                if (holding && held.size() < 2) {
                    held.add(stage.network.letters.get(stage.network.letters.size() - 1));
                    return false;
                }
                return true;
            }
            int answer = answers++;
            return answer >= LOSABLE || (lost & 1 << answer) == 0;
        }

        private void happens(String event) {
            switch (event) {
                case "time" -> stage.pass(115);
                case "restart" -> restart();
                default -> {
                    int index = Integer.parseInt(event) - 1;
                    if (index < held.size()) {
                        stage.network.deliver(held.get(index));
                    }
                }
            }
            stage.world.run();
        }

        private void restart() {
            b.close();
            if (notified) {
                stage.network.disconnect("a", "b");
            }
            b = serving();
        }

        private void check(CompletableFuture<String> call) {
            assertTrue(call.isDone(), name);
            assertTrue(executions <= 1, () -> executions + " executions: " + name);
            if (!call.isCompletedExceptionally()) {
                assertEquals(1, executions, name);
            } else if (!maybeExecuted(call)) {
                assertEquals(0, executions, name);
            }
        }

        private static boolean maybeExecuted(CompletableFuture<String> call) {
            try {
                call.join();
                throw new AssertionError("answered");
            } catch (CompletionException e) {
                return ((RpcException) e.getCause()).maybeExecuted();
            }
        }
    }
}
