package io.coterie.consistency.simulated.checks;

import io.coterie.consistency.broken.BrokenStorage;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.simulated.cluster.WrappedJournal;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What all replicas of a simulated cluster ever accepted, as their disks have it: the truth that no
 * node sees as a whole.
 */
public final class AcceptLog {
    private final Map<String, Map<Ballot, Accepted>> byKey = new HashMap<>();
    private final List<String> disagreements = new ArrayList<>();

    private static final class Accepted {
        final RegisterState state;
        final Set<NodeId> replicas = new HashSet<>();

        Accepted(RegisterState state) {
            this.state = state;
        }
    }

    /**
     * A replica's storage, with everything noted that becomes durable: also what a start finds of
     * which the one before did not learn later that it was.
     */
    public Storage noting(NodeId replica, Storage correct) {
        return new Storage() {
            @Override
            public Journal open(
                    NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
                Consumer<ByteBuffer> noted = entry -> {
                    note(replica, entry.duplicate());
                    recovered.accept(entry);
                };
                return new NotingJournal(replica, correct.open(self, world, noted, onFailure));
            }

            @Override
            public boolean survivesRestart() {
                return correct.survivesRestart();
            }
        };
    }

    /** The states of a key that a majority accepted, and what these were made from, by version. */
    public NavigableMap<Ballot, RegisterState> history(String key, int majority) {
        Map<Ballot, RegisterState> byVersion = new HashMap<>();
        NavigableMap<Ballot, RegisterState> chosen = new TreeMap<>();
        Map<Ballot, Accepted> all = byKey.getOrDefault(key, Map.of());
        all.values().forEach(accepted -> byVersion.put(accepted.state.version(), accepted.state));
        all.values().stream()
                .filter(accepted -> accepted.replicas.size() >= majority)
                .forEach(accepted -> chosen.put(accepted.state.version(), accepted.state));
        for (RegisterState state : Map.copyOf(chosen).values()) {
            RegisterState parent = byVersion.get(state.parent());
            while (parent != null && chosen.put(parent.version(), parent) == null) {
                parent = byVersion.get(parent.parent());
            }
        }
        chosen.remove(Ballot.NONE);
        return chosen;
    }

    /**
     * Where replicas accepted different states under one ballot, which stands for one state, byte
     * for byte.
     */
    public List<String> disagreements() {
        return List.copyOf(disagreements);
    }

    /** The layout of a register's entry is kind, store, key, promise, accepted ballot, 1, state. */
    private void note(NodeId replica, ByteBuffer entry) {
        if (entry.get() != BrokenStorage.REGISTER) {
            return;
        }
        entry.getLong();
        String key = new String(ByteReaders.readBlock(entry), StandardCharsets.UTF_8);
        readBallot(entry);
        Ballot accepted = readBallot(entry);
        if (entry.get() != 0) {
            RegisterState state = RegisterState.decode(ByteReaders.readBlock(entry));
            Accepted known = byKey.computeIfAbsent(key, first -> new HashMap<>())
                    .computeIfAbsent(accepted, first -> new Accepted(state));
            if (!Arrays.equals(known.state.bytes(), state.bytes())) {
                disagreements.add(key + ": " + replica + " accepted another state under " + accepted + " than "
                        + known.replicas + " did");
            }
            known.replicas.add(replica);
        }
    }

    private static Ballot readBallot(ByteBuffer in) {
        return new Ballot(in.getLong(), in.getLong());
    }

    private final class NotingJournal extends WrappedJournal {
        private final NodeId replica;

        NotingJournal(NodeId replica, Journal correct) {
            super(correct);
            this.replica = replica;
        }

        @Override
        public long append(ByteBuffer record) {
            ByteBuffer copy = ByteBuffer.allocate(record.remaining())
                    .put(record.duplicate())
                    .flip();
            long position = super.append(record);
            whenDurable(position, () -> note(replica, copy));
            return position;
        }
    }
}
