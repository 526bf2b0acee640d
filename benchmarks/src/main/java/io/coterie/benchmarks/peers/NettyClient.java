package io.coterie.benchmarks.peers;

import io.coterie.benchmarks.tested.EchoClient;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.collection.LongObjectHashMap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * Calls over plain Netty. Only the event loop uses the map of calls in flight, so that the map
 * needs no lock and no boxes.
 */
public final class NettyClient implements EchoClient {
    private final EventLoopGroup group = NettyPipeline.oneThread();
    private final LongObjectHashMap<CompletableFuture<byte[]>> inFlight = new LongObjectHashMap<>();
    private final byte[] message;
    private final Channel channel;
    private long calls;

    /** Connects; a call has been made when this returns. */
    public NettyClient(int port, int bytes) {
        message = new byte[bytes];
        channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new NettyPipeline(new Answers()))
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .syncUninterruptibly()
                .channel();
        call();
    }

    @Override
    public void call() {
        start().join();
    }

    @Override
    public CompletableFuture<byte[]> start() {
        CompletableFuture<byte[]> call = new CompletableFuture<>();
        if (channel.eventLoop().inEventLoop()) {
            send(call);
        } else {
            channel.eventLoop().execute(() -> send(call));
        }
        return call;
    }

    @Override
    public void close() {
        NettyPipeline.end(group);
    }

    private void send(CompletableFuture<byte[]> call) {
        long number = calls++;
        inFlight.put(number, call);
        ByteBuf frame = channel.alloc().directBuffer(Integer.BYTES + Long.BYTES + message.length);
        frame.writeInt(Long.BYTES + message.length).writeLong(number).writeBytes(message);
        var unused = channel.writeAndFlush(frame, channel.voidPromise());
    }

    private final class Answers extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf frame = (ByteBuf) message;
            CompletableFuture<byte[]> call =
                    inFlight.remove(frame.skipBytes(Integer.BYTES).readLong());
            byte[] answer = new byte[frame.readableBytes()];
            frame.readBytes(answer).release();
            call.complete(answer);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(cause);
            var unused = context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail(new IOException("the connection has ended"));
        }

        private void fail(Throwable cause) {
            inFlight.values().forEach(call -> call.completeExceptionally(cause));
            inFlight.clear();
        }
    }
}
