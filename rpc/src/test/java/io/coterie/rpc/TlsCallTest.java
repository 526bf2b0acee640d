package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.security.Certificates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that holds for calls over TCP holds over mutual TLS, with one certificate for all nodes of
 * these tests.
 */
class TlsCallTest extends TcpCallTest {
    @TempDir
    static Path directory;

    private static Security security;

    @BeforeAll
    static void makeCertificate() {
        Certificates certificates = new Certificates(directory, "authority");
        security = Security.mutualTls(certificates.context(certificates.signed(
                "all", "-ext", "san=dns:a,dns:b,dns:c,dns:d,dns:small,dns:n0,dns:n1,dns:n2,dns:n3")));
    }

    @Override
    Nodes nodes() {
        return new Nodes(security);
    }

    @Test
    void manySmallAndLargeCallsInFlightOverManyConnectionsGetEachTheirOwnAnswer() {
        RpcNode hub = nodes.listening("c");
        List<RpcNode> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(nodes.dialing("n" + i, hub));
        }
        Random random = new Random(5);
        List<byte[]> sent = new ArrayList<>();
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            byte[] payload = new byte[i % 100 == 0 ? 300_000 + random.nextInt(700_000) : random.nextInt(200)];
            random.nextBytes(payload);
            sent.add(payload);
            calls.add(callers.get(i % 4).call(hub.self(), Nodes.BYTES, payload, Nodes.PATIENT));
        }
        for (int i = 0; i < calls.size(); i++) {
            assertArrayEquals(sent.get(i), Nodes.get(calls.get(i)), "call " + i);
        }
    }

    @Test
    void payloadsOfAllSizesAroundTheLargestRecordArriveWhole() {
        for (int size = 16_200; size < 16_420; size += 3) {
            byte[] payload = new byte[size];
            new Random(size).nextBytes(payload);
            assertArrayEquals(payload, Nodes.get(a.call(b.self(), Nodes.BYTES, payload, Nodes.PATIENT)));
        }
        assertEquals("x", Nodes.echo(a, b, "x"));
    }
}
