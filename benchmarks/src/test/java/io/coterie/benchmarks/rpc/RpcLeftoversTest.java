package io.coterie.benchmarks.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coterie.benchmarks.harness.Leftovers;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a trial of calls starts has ended when the trial is over. */
class RpcLeftoversTest {
    @ParameterizedTest
    @CsvSource({
        "raw, 1",
        "raw-spin, 1",
        "netty, 1",
        "grpc, 1",
        "coterie, 1",
        "coterie-spin, 1",
        "coterie-tls, 1",
        "coterie-once, 1",
        "coterie-events, 1",
        "harness, 1",
        "raw, 2",
        "raw-spin, 2",
        "netty, 2",
        "grpc, 2",
        "coterie, 2",
        "coterie-spin, 2",
        "coterie-tls, 2",
        "coterie-once, 2",
        "coterie-events, 2"
    })
    void anEchoLeavesNothingBehind(String system, int jvms) throws Exception {
        Set<String> before = Leftovers.threads();
        RpcBenchmark benchmark = new RpcBenchmark();
        benchmark.inFlight = 16;
        benchmark.size = 64;
        benchmark.jvms = jvms;
        benchmark.system = system;

        benchmark.open();
        benchmark.begin();
        assertFalse(Leftovers.threads().equals(before));
        assertEquals(jvms - 1, Leftovers.children());
        benchmark.echo();
        benchmark.end();
        benchmark.close();

        assertEquals(0, Leftovers.children());
        Leftovers.awaitEndOfAllBut(before);
    }
}
