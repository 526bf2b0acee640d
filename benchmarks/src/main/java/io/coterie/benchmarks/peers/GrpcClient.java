package io.coterie.benchmarks.peers;

import io.coterie.benchmarks.tested.EchoClient;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Calls over gRPC, whose answers come on its event loop. */
public final class GrpcClient implements EchoClient {
    private final ManagedChannel channel;
    private final byte[] message;

    /** Connects; a call has been made when this returns. */
    public GrpcClient(int port, int bytes) {
        message = new byte[bytes];
        channel = NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .directExecutor()
                .usePlaintext()
                .build();
        call();
    }

    @Override
    public void call() {
        start().join();
    }

    @Override
    public CompletableFuture<byte[]> start() {
        Answer answer = new Answer();
        ClientCalls.asyncUnaryCall(channel.newCall(GrpcEcho.METHOD, CallOptions.DEFAULT), message, answer);
        return answer;
    }

    @Override
    public void close() {
        try {
            if (!channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a gRPC channel does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a gRPC channel ends", e);
        }
    }

    private static final class Answer extends CompletableFuture<byte[]> implements StreamObserver<byte[]> {
        private byte @Nullable [] content;

        @Override
        public void onNext(byte[] value) {
            content = value;
        }

        @Override
        public void onError(Throwable failure) {
            completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            complete(content);
        }
    }
}
