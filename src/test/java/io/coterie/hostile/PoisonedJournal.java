package io.coterie.hostile;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.NodeId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Entries for the journal of a replica that is stopped, as it wrote them when a node asked for
 * absurd ballots and it took whatever it was asked for.
 */
final class PoisonedJournal {
    private static final int REGISTER = 5;
    private static final int PROMISE = 6;
    private static final int FLOOR = 8;

    private final StoreSpec store;
    private final List<ByteWriter> entries = new ArrayList<>();

    PoisonedJournal(StoreSpec store) {
        this.store = store;
    }

    PoisonedJournal promise(String key, Ballot promised) {
        put(key(PROMISE, key), promised);
        return this;
    }

    /**
     * @param version of the state: the ballot itself, unless a node that meant harm made the state
     *     up
     */
    PoisonedJournal accepted(String key, Ballot ballot, Ballot version, String value) {
        ByteWriter entry = key(REGISTER, key);
        put(entry, ballot);
        put(entry, ballot);
        entry.putOptionalBlock(state(version, value));
        return this;
    }

    PoisonedJournal floor(Ballot floor) {
        put(begin(FLOOR).putLong(store.id()), floor);
        return this;
    }

    /** Appends all to the journal in a directory. */
    void appendTo(Path directory, String replica) {
        try (RpcNode node = RpcNode.builder()
                .cluster("poison")
                .self("poison")
                .listen("127.0.0.1:0")
                .start()) {
            CompletableFuture<Void> durable = new CompletableFuture<>();
            node.world().scheduler().execute(() -> {
                Journal journal = Storage.directory(directory)
                        .open(NodeId.of(replica), node.world(), entry -> {}, durable::completeExceptionally);
                long last = 0;
                for (ByteWriter entry : entries) {
                    last = journal.append(entry.view());
                }
                journal.whenDurable(last, () -> {
                    journal.close();
                    durable.complete(null);
                });
            });
            durable.join();
        }
    }

    private ByteWriter begin(int kind) {
        ByteWriter entry = new ByteWriter().putByte(kind);
        entries.add(entry);
        return entry;
    }

    private ByteWriter key(int kind, String key) {
        return begin(kind).putLong(store.id()).putBlock(key.getBytes(StandardCharsets.UTF_8));
    }

    private static void put(ByteWriter entry, Ballot ballot) {
        entry.putLong(ballot.counter()).putLong(ballot.proposer());
    }

    /** What a strong store keeps for a key that was changed for the first time. */
    private static byte[] state(Ballot version, String value) {
        ByteWriter state = new ByteWriter().putByte(1);
        put(state, version);
        put(state, Ballot.NONE);
        return state.putLong(0)
                .putByte(0)
                .putBytes(value.getBytes(StandardCharsets.UTF_8))
                .toByteArray();
    }
}
