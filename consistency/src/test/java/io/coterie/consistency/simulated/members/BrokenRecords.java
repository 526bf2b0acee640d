package io.coterie.consistency.simulated.members;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.ConfigurationFormat;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Replicas that find other records at a start than they left. */
final class BrokenRecords {
    /** Kinds of entries of a journal. */
    private static final Set<Integer> OF_KEYS = Set.of(5, 6, 7, 8, 9);

    private static final int INCARNATION = 1;
    private static final int CONFIGURATION = 13;

    private BrokenRecords() {}

    /** What a start finds in place of what is there. */
    private interface Recovery {
        List<ByteBuffer> of(NodeId self, List<ByteBuffer> entries);
    }

    /** A start finds the records that it had to drop, as if they came after all configurations. */
    static Storage keepingAll(Storage correct) {
        return recovering(correct, (self, entries) -> {
            List<ByteBuffer> changed = without(OF_KEYS, entries);
            entries.stream().filter(entry -> OF_KEYS.contains(kind(entry))).forEach(changed::add);
            return changed;
        });
    }

    /** The last configuration was used before it was durable, and the process ended between. */
    static Storage withoutTheLastConfiguration(Storage correct) {
        return recovering(correct, (self, entries) -> {
            List<ByteBuffer> configurations = configurations(entries);
            List<ByteBuffer> changed = new ArrayList<>(entries);
            if (configurations.size() > 1) {
                changed.remove(configurations.get(configurations.size() - 1));
            }
            return changed;
        });
    }

    /** A member that is to go has dropped its records before the change is made. */
    static Storage withoutWhatLeaves(Storage correct) {
        return recovering(correct, (self, entries) -> isLeaving(self, entries) ? without(OF_KEYS, entries) : entries);
    }

    private static boolean isLeaving(NodeId self, List<ByteBuffer> entries) {
        long incarnation = 0;
        Configuration last = null;
        for (ByteBuffer entry : entries) {
            ByteBuffer content = entry.duplicate();
            int kind = content.get();
            if (kind == INCARNATION) {
                incarnation = content.getLong();
            } else if (kind == CONFIGURATION) {
                last = ConfigurationFormat.read(content);
            }
        }
        if (last == null || !last.isMoving()) {
            return false;
        }
        MemberId id = new MemberId(self, incarnation);
        Placement placement = last.placement();
        return placement.find(id) != null
                && placement.next().stream().noneMatch(member -> member.id().equals(id));
    }

    private static List<ByteBuffer> configurations(List<ByteBuffer> entries) {
        return entries.stream().filter(entry -> kind(entry) == CONFIGURATION).toList();
    }

    private static List<ByteBuffer> without(Set<Integer> kinds, List<ByteBuffer> entries) {
        return new ArrayList<>(
                entries.stream().filter(entry -> !kinds.contains(kind(entry))).toList());
    }

    private static int kind(ByteBuffer entry) {
        return entry.get(entry.position());
    }

    private static Storage recovering(Storage correct, Recovery change) {
        return new Storage() {
            @Override
            public Journal open(
                    NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
                List<ByteBuffer> entries = new ArrayList<>();
                Journal opened = correct.open(
                        self,
                        world,
                        entry -> entries.add(ByteBuffer.allocate(entry.remaining())
                                .put(entry)
                                .flip()),
                        onFailure);
                change.of(self, entries).forEach(recovered);
                return opened;
            }

            @Override
            public boolean survivesRestart() {
                return correct.survivesRestart();
            }
        };
    }
}
