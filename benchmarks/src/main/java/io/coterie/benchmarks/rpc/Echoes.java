package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.peers.GrpcClient;
import io.coterie.benchmarks.peers.GrpcServer;
import io.coterie.benchmarks.peers.NettyClient;
import io.coterie.benchmarks.peers.NettyServer;
import io.coterie.benchmarks.raw.Idle;
import io.coterie.benchmarks.raw.RawEcho;
import io.coterie.benchmarks.raw.RawServer;
import io.coterie.benchmarks.report.SystemNames;
import io.coterie.benchmarks.tested.TestedServer;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.Security;
import java.io.IOException;
import java.time.Duration;

/** The systems that can carry an echo, by name. */
public final class Echoes {
    /** A node with its defaults. The names of its variants begin with this one. */
    public static final String COTERIE = "coterie";

    /** Both ends prove their identity by a certificate. */
    public static final String TLS = "coterie-tls";

    /** The method must not be executed twice for one request. */
    private static final String ONCE = "coterie-once";

    /** A flight recording asks for the library's events. */
    private static final String EVENTS = "coterie-events";

    private static final Duration MAX_SPIN = Duration.ofMillis(1);

    private Echoes() {}

    /**
     * Starts the serving side of a system other than {@link SystemNames#HARNESS}, with messages of
     * that size.
     */
    public static TestedServer serve(String system, int bytes) throws IOException {
        return switch (system) {
            case SystemNames.RAW -> RawServer.start(bytes, bytes, null, Idle.BLOCK);
            case "raw-spin" -> RawServer.start(bytes, bytes, null, Idle.SPIN);
            case SystemNames.NETTY -> new NettyServer();
            case SystemNames.GRPC -> new GrpcServer();
            default -> new CoterieServer(node(system));
        };
    }

    /** Connects the calling side of a system, as a load with so many calls in flight. */
    public static EchoLoad connect(String system, int port, int bytes, int inFlight) throws IOException {
        return switch (system) {
            case SystemNames.RAW -> EchoLoad.of(new RawEcho(port, bytes, inFlight, Idle.BLOCK));
            case "raw-spin" -> EchoLoad.of(new RawEcho(port, bytes, inFlight, Idle.SPIN));
            case SystemNames.NETTY -> EchoLoad.of(new NettyClient(port, bytes), inFlight);
            case SystemNames.GRPC -> EchoLoad.of(new GrpcClient(port, bytes), inFlight);
            case SystemNames.HARNESS -> EchoLoad.of(new HarnessEcho(bytes), inFlight);
            case EVENTS -> EchoLoad.of(new RecordedClient(coterie(system, port, bytes)), inFlight);
            default -> EchoLoad.of(coterie(system, port, bytes), inFlight);
        };
    }

    /** The settings that client and server share: what one variant has that another has not. */
    public static RpcNodeBuilder node(String system) throws IOException {
        RpcNodeBuilder builder = RpcNode.builder().cluster("benchmark");
        return switch (system) {
            case COTERIE, ONCE, EVENTS -> builder;
            case "coterie-spin" -> builder.idle(IdleStrategy.spin(MAX_SPIN));
            case TLS -> builder.security(Security.mutualTls(Keystore.context()));
            default ->
                throw new IllegalArgumentException(
                        "system \"" + system + "\" is none of raw, raw-spin, netty, grpc, coterie, coterie-spin, " + TLS
                                + ", " + ONCE + ", " + EVENTS + ", " + SystemNames.HARNESS);
        };
    }

    private static CoterieClient coterie(String system, int port, int bytes) throws IOException {
        return new CoterieClient(node(system), method(system), port, bytes);
    }

    private static RpcMethod<byte[], byte[]> method(String system) {
        return system.equals(ONCE) ? CoterieServer.ECHO_ONCE : CoterieServer.ECHO;
    }
}
