package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.error.ListenException;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.node.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening socket. */
final class ListeningSocket implements EventLoop.ReadyHandler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);
    private static final int BACKLOG = 1024;
    private static final int MAX_PER_TURN = 64;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ServerSocketChannel channel;
    private final HostPort address;
    private final EventLoop loop;
    private final Consumer<SocketChannel> taker;
    private boolean failing;

    private ListeningSocket(
            ServerSocketChannel channel, HostPort address, EventLoop loop, Consumer<SocketChannel> taker) {
        this.channel = channel;
        this.address = address;
        this.loop = loop;
        this.taker = taker;
    }

    /** Opens the port. */
    static ListeningSocket bind(
            HostPort address, EventLoop loop, SecuritySettings security, Consumer<SocketChannel> taker) {
        InetSocketAddress socketAddress = new InetSocketAddress(address.host(), address.port());
        if (socketAddress.isUnresolved()) {
            throw new ListenException(
                    "listen: the host of " + address + " is not known; give an address of this machine", null);
        }
        try {
            ServerSocketChannel channel = ServerSocketChannel.open();
            try {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(socketAddress, BACKLOG);
                int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
                if (!socketAddress.getAddress().isLoopbackAddress()) {
                    warnIfOpenToOthers(address, security);
                }
                return new ListeningSocket(channel, new HostPort(address.host(), port), loop, taker);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ListenException(
                    "listen: cannot listen at " + address + ": " + e.getMessage()
                            + "; end the process that uses the port, or choose another port or an address of this machine",
                    e);
        }
    }

    HostPort address() {
        return address;
    }

    void register() throws IOException {
        loop.register(channel, SelectionKey.OP_ACCEPT, this);
    }

    @Override
    public void onReady(SelectionKey key) {
        try {
            for (int i = 0; i < MAX_PER_TURN; i++) {
                SocketChannel accepted = channel.accept();
                if (accepted == null) {
                    return;
                }
                failing = false;
                taker.accept(accepted);
            }
        } catch (IOException e) {
            pause(key, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * Stops accepting for a while: a connection that cannot be accepted stays ready, so the loop
     * would spin.
     */
    private void pause(SelectionKey key, IOException reason) {
        if (!channel.isOpen()) {
            return;
        }
        if (!failing) {
            failing = true;
            log.warn(
                    "{} cannot take connections: {}; raise the process's limit of open files if it is used up",
                    address,
                    reason.getMessage());
        }
        key.interestOps(0);
        loop.schedule(PAUSE_NANOS, () -> {
            if (key.isValid()) {
                key.interestOps(SelectionKey.OP_ACCEPT);
            }
        });
    }

    private static void warnIfOpenToOthers(HostPort address, SecuritySettings security) {
        if (security.provesDialing()) {
            if (security.proof() == SecuritySettings.Proof.NONE) {
                log.warn(
                        "{} is open to other machines, and a shared secret alone does not encrypt: anyone on the way can"
                                + " read and change everything; use mutualTls, or tls with withSharedSecret",
                        address);
            }
            return;
        }
        if (security.proof() == SecuritySettings.Proof.NONE) {
            log.warn(
                    "{} is open to other machines without authentication or encryption: anyone who reaches it can read and"
                            + " change everything; set security, or let only the cluster's own machines reach the port",
                    address);
        } else {
            log.warn(
                    "{} is open to other machines, and TLS without certificates of the nodes that dial lets anyone in:"
                            + " anyone who reaches it can read and change everything; use mutualTls, or withSharedSecret",
                    address);
        }
    }
}
