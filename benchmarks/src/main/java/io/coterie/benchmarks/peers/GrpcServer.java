package io.coterie.benchmarks.peers;

import io.coterie.benchmarks.tested.TestedServer;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Answers over gRPC on its event loop. */
public final class GrpcServer implements TestedServer {
    private final Server server;

    public GrpcServer() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(ServerServiceDefinition.builder(GrpcEcho.SERVICE)
                        .addMethod(GrpcEcho.METHOD, ServerCalls.asyncUnaryCall(GrpcServer::echo))
                        .build())
                .build()
                .start();
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        try {
            if (!server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a gRPC server does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a gRPC server ends", e);
        }
    }

    private static void echo(byte[] request, StreamObserver<byte[]> answer) {
        answer.onNext(request);
        answer.onCompleted();
    }
}
