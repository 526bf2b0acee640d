package io.coterie.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Proves that the workload and the checks of {@link AtMostOnceTest} catch broken code. */
class AtMostOnceVariantsTest {
    @Test
    void aServerWithoutAReplyCacheIsCaught() {
        assertCaught(BrokenCalls.NO_REPLY_CACHE, 5);
    }

    @Test
    void aServerWithoutSessionsIsCaught() {
        assertCaught(BrokenCalls.NO_SESSIONS, 50);
    }

    @Test
    void aServerThatForgetsAndExecutesAgainIsCaught() {
        assertCaught(BrokenCalls.NO_HORIZON, 10);
    }

    private static void assertCaught(BrokenCalls variant, int withinSeeds) {
        long seed = LongStream.rangeClosed(1, withinSeeds)
                .filter(candidate -> executesTwice(candidate, variant))
                .findFirst()
                .orElse(0);
        assertTrue(seed > 0, () -> variant + " was not caught within " + withinSeeds + " seeds");
        System.out.println(variant + ": caught at seed " + seed);
    }

    private static boolean executesTwice(long seed, BrokenCalls variant) {
        return OnceRun.of(seed, variant).ledger().count(call -> call.executions.size() > 1) > 0;
    }
}
