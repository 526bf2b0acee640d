package io.coterie.benchmarks.peers;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.concurrent.TimeUnit;

/**
 * Plain Netty for both ends: frames of a length (4 bytes), the number of the call (8) and content.
 * All that one read brings about leaves in one write.
 */
final class NettyPipeline extends ChannelInitializer<SocketChannel> {
    private static final int MAX_FRAME = 1 << 20;

    private final ChannelHandler last;

    /** A pipeline that ends in that handler. */
    NettyPipeline(ChannelHandler last) {
        this.last = last;
    }

    /** An event loop for one end. */
    static EventLoopGroup oneThread() {
        return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    /** Closes all channels of an event loop, and ends its thread. */
    static void end(EventLoopGroup group) {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        channel.config().setTcpNoDelay(true);
        channel.pipeline()
                .addLast(
                        new FlushConsolidationHandler(
                                FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true),
                        new LengthFieldBasedFrameDecoder(MAX_FRAME, 0, Integer.BYTES),
                        last);
    }
}
