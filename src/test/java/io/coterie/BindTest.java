package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.ListenException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The address that a replica listens on, apart from the one at which others reach it. */
class BindTest {
    private static final String UNKNOWN_HERE = "no-such-host.invalid:7400";

    private final int port = LocalCluster.freePort();

    @Test
    void aReplicaWhoseOwnNameIsNotKnownHereListensWhereBindSays() {
        CoterieBuilder client = Coterie.builder().cluster("test").client("x").replica("a", "127.0.0.1:" + port);
        try (Coterie a = builder(UNKNOWN_HERE).bind("0.0.0.0:" + port).start();
                Coterie x = client.start()) {
            Store<String, String> store = x.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            store.put("k", "v");

            assertEquals(
                    "v",
                    a.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong())
                            .get("k"));
        }
    }

    @Test
    void withoutBindAnOwnNameThatIsNotKnownHereIsRefusedAndTheTextSaysWhatToDo() {
        ListenException refused = assertSays(
                ListenException.class,
                "replica a: the host of " + UNKNOWN_HERE + " is not known; ",
                builder(UNKNOWN_HERE)::start);
        assertTrue(refused.getMessage().contains("by bind(address), such as bind(\"0.0.0.0:7400\")"));
    }

    @Test
    void anAddressThatCannotBeBoundIsNamedWithTheOption() throws IOException {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertEquals(port, taken.getLocalPort());
            String address = "127.0.0.1:" + port;
            assertSays(
                    ListenException.class,
                    "bind: cannot listen at " + address,
                    builder(UNKNOWN_HERE).bind(address)::start);
            assertSays(ListenException.class, "replica a: cannot listen at " + address, builder(address)::start);
        }
        assertSays(
                ListenException.class,
                "bind: the host of " + UNKNOWN_HERE + " is not known",
                builder("127.0.0.1:" + port).bind(UNKNOWN_HERE)::start);
    }

    @Test
    void valuesThatBindCannotHaveAreRefusedAtOnce() {
        CoterieBuilder builder = builder("10.0.0.1:7400");
        assertSays(NullPointerException.class, "bind must not be null", () -> builder.bind(null));
        assertSays(
                IllegalArgumentException.class,
                "bind: address \"0.0.0.0\" is not host:port",
                () -> builder.bind("0.0.0.0"));
        assertSays(IllegalArgumentException.class, "bind: port 0 of 0.0.0.0:0 is any", () -> builder.bind("0.0.0.0:0"));
        builder.bind("0.0.0.0:7400");
        assertSays(
                IllegalStateException.class,
                "bind is set twice, to 0.0.0.0:7400 and to [::]:7401; set it once",
                () -> builder.bind("[::]:7401"));
    }

    @Test
    void onlyAReplicaThatListensItselfHasBind() {
        CoterieBuilder client = Coterie.builder()
                .cluster("test")
                .client("x")
                .replica("a", "127.0.0.1:" + port)
                .bind("0.0.0.0:7400");
        assertSays(IllegalStateException.class, "bind is set, but client x only dials", client::start);
        CoterieBuilder plugged =
                builder("127.0.0.1:" + port).bind("0.0.0.0:7400").transport(new Nowhere());
        assertSays(IllegalStateException.class, "bind is set together with transport", plugged::start);
    }

    private static CoterieBuilder builder(String address) {
        return Coterie.builder().cluster("test").self("a").replica("a", address);
    }

    private static <T extends Throwable> T assertSays(Class<T> type, String text, Executable misuse) {
        T thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
        return thrown;
    }

    private static final class Nowhere implements Transport {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            return false;
        }

        @Override
        public void close() {}
    }
}
