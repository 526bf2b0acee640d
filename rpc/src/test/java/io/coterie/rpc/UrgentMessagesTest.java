package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.security.Certificates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader over TCP that reads nothing for a while, so that large values wait at the writer. */
class UrgentMessagesTest {
    private static final RpcMethod<byte[], byte[]> VALUE = new RpcMethod<>("value", Codec.bytes(), Codec.bytes(), true);
    private static final RpcMethod<byte[], byte[]> SIGN = new RpcMethod<>("sign", Codec.bytes(), Codec.bytes(), true);
    private static final RpcMethod<byte[], byte[]> HOLD = new RpcMethod<>("hold", Codec.bytes(), Codec.bytes(), true);
    private static final int VALUES = 16;

    @Test
    void anUrgentMessageDoesNotWaitBehindLargeValues() {
        assertOvertakes(new Nodes());
    }

    @Test
    void norDoesItOverTls(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        assertOvertakes(new Nodes(
                Security.mutualTls(certificates.context(certificates.signed("all", "-ext", "san=dns:a,dns:b")))));
    }

    private static void assertOvertakes(Nodes nodes) {
        List<String> arrived = new ArrayList<>();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(VALUES + 1);
        try (nodes) {
            RpcNode reader = nodes.listening("a");
            RpcNode writer = nodes.dialing("b", reader);
            reader.serveInline(VALUE, (caller, value, answer) -> {
                arrived.add("value");
                all.countDown();
            });
            reader.serveInline(SIGN, (caller, sign, answer) -> {
                arrived.add("sign");
                all.countDown();
            });
            reader.serveInline(HOLD, (caller, none, answer) -> {
                held.countDown();
                await(released);
            });
            Nodes.echo(writer, reader, "connected");
            Nodes.onLoop(writer, loop -> loop.tell(reader.self(), HOLD, new byte[0]));
            await(held);
            Nodes.onLoop(writer, loop -> {
                for (int i = 0; i < VALUES; i++) {
                    loop.tell(reader.self(), VALUE, new byte[1 << 20]);
                }
            });
            Nodes.onLoop(writer, loop -> loop.tellUrgent(reader.self(), SIGN, new byte[0]));
            released.countDown();
            await(all);
        }
        // The buffers of the operating system hold some values, which nothing can overtake.
        assertTrue(arrived.indexOf("sign") < VALUES - 1, arrived::toString);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(1, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
