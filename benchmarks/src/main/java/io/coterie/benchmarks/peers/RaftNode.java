package io.coterie.benchmarks.peers;

import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedServer;
import io.coterie.benchmarks.tested.TestedStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jgroups.JChannel;
import org.jgroups.protocols.raft.FileBasedLog;
import org.jgroups.protocols.raft.InMemoryLog;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.blocks.ReplicatedStateMachine;
import org.jspecify.annotations.Nullable;

/**
 * One of three members of a Raft group of JGroups, which replicates a map. With a folder, its log
 * is forced.
 */
public final class RaftNode implements TestedServer {
    private static final long OPERATION_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final JChannel channel;
    private final ReplicatedStateMachine<String, byte[]> map;
    private final int port;

    private RaftNode(JChannel channel, ReplicatedStateMachine<String, byte[]> map, int port) {
        this.channel = channel;
        this.map = map;
        this.port = port;
    }

    /** Starts a member. The first that is started becomes the leader. */
    public static RaftNode start(StoreSetup setup, int self) throws IOException {
        try (InputStream configuration =
                new ByteArrayInputStream(configuration(setup, self).getBytes(StandardCharsets.UTF_8))) {
            JChannel channel = new JChannel(configuration).name(name(self));
            ReplicatedStateMachine<String, byte[]> map = new ReplicatedStateMachine<String, byte[]>(channel)
                    .raftId(name(self))
                    .timeout(OPERATION_MILLIS);
            channel.connect("benchmark");
            return new RaftNode(channel, map, setup.ports().get(self));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("a member of a Raft group does not start", e);
        }
    }

    /**
     * The map as this member's callers see it, once all members have joined. Closing it closes the
     * member.
     */
    public TestedStore store() throws IOException {
        RAFT raft = channel.getProtocolStack().findProtocol(RAFT.class);
        long begin = System.nanoTime();
        while (channel.getView().size() < StoreSetup.NODES || raft.leader() == null) {
            if (System.nanoTime() - begin > START_NANOS) {
                throw new IOException("the members of a Raft group do not find each other: " + channel.getView());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return new Bytes(map, this);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        channel.close();
    }

    private static String configuration(StoreSetup setup, int self) throws IOException {
        Path folder = setup.folder();
        Class<?> log = folder == null ? InMemoryLog.class : FileBasedLog.class;
        try (InputStream text =
                Objects.requireNonNull(RaftNode.class.getResourceAsStream("jgroups-raft.xml"), "the configuration")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@port@", Integer.toString(setup.ports().get(self)))
                    .replace(
                            "@hosts@", each(node -> "127.0.0.1[" + setup.ports().get(node) + "]"))
                    .replace("@members@", each(RaftNode::name))
                    .replace("@id@", name(self))
                    .replace("@folder@", folder == null ? "none" : folder.toString())
                    .replace("@log@", log.getName())
                    .replace("@force@", Boolean.toString(folder != null));
        }
    }

    private static String each(IntFunction<String> text) {
        return IntStream.range(0, StoreSetup.NODES).mapToObj(text).collect(Collectors.joining(","));
    }

    private static String name(int node) {
        return "node-" + node;
    }

    private record Bytes(ReplicatedStateMachine<String, byte[]> map, RaftNode node) implements TestedStore {
        @Override
        public void putNow(byte[] key, byte[] value) throws Exception {
            map.put(text(key), value);
        }

        @Override
        public void getNow(byte[] key) throws Exception {
            map.get(text(key));
        }

        @Override
        public boolean isAsynchronous() {
            return false;
        }

        @Override
        public CompletableFuture<?> put(byte[] key, byte[] value) {
            throw noFutures();
        }

        @Override
        public CompletableFuture<byte @Nullable []> get(byte[] key) {
            throw noFutures();
        }

        @Override
        public void close() {
            node.close();
        }

        private static String text(byte[] key) {
            return new String(key, StandardCharsets.ISO_8859_1);
        }

        private static UnsupportedOperationException noFutures() {
            return new UnsupportedOperationException("the map has no operations that return before their end");
        }
    }
}
