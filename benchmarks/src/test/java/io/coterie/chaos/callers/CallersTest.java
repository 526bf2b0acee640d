package io.coterie.chaos.callers;

import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.Coterie;
import io.coterie.simulation.history.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CallersTest {
    /** As when all replicas were killed before, and are started again after the callers' end. */
    @Test
    @Timeout(60)
    void callersEndAlthoughTheirStoresNeverOpened() throws InterruptedException {
        try (Coterie node = Coterie.builder()
                .cluster("callers")
                .client("x")
                .replica("a", "127.0.0.1:1")
                .start()) {
            Callers callers = new Callers("x", node, new NoCalls());
            callers.start(0, 1, 3);
            callers.stop();
        }
    }

    private static final class NoCalls implements HistoryLog {
        @Override
        public void invoked(Operation operation) {
            fail("called a store that was not open: " + operation);
        }

        @Override
        public void returned(Operation operation) {
            fail("a store that was not open answered: " + operation);
        }
    }
}
