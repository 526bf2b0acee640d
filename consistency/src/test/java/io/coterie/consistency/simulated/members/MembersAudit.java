package io.coterie.consistency.simulated.members;

import io.coterie.consistency.simulated.cluster.WrappedJournal;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.ConfigurationFormat;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sees the journals of all replicas, and holds changes of the members to what no replica can see
 * alone: that a group that takes over has all that the one before it may have decided, that each
 * epoch has one configuration, that no replica goes back, and that each drops its records when it
 * was away, and only then.
 */
final class MembersAudit {
    private static final int INCARNATION = 1;
    private static final int REGISTER = 5;
    private static final int PROMISE = 6;
    private static final int FLOOR = 8;
    private static final int REMOVED = 9;
    private static final int CONFIGURATION = 13;
    private static final int MAX_PROBLEMS = 20;

    /** What is durable of each member, also of those whose disk is lost: what it promised binds others. */
    private final Map<MemberId, MemberRecords> durable = new HashMap<>();

    /** What each replica has in memory since its last start. */
    private final Map<NodeId, MemberRecords> inMemory = new HashMap<>();

    private final Map<Long, Configuration> epochs = new HashMap<>();
    private final Set<NodeId> olderCopies = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private int commits;
    private int aborts;

    /** A replica's storage, with all that is written and read noted. */
    Storage noting(NodeId replica, Storage correct) {
        return new Storage() {
            @Override
            public Journal open(
                    NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
                MemberRecords found = new MemberRecords();
                MemberRecords now = new MemberRecords();
                inMemory.put(replica, now);
                Journal opened = correct.open(
                        self,
                        world,
                        entry -> {
                            note(replica, entry.duplicate(), found);
                            note(replica, entry.duplicate(), now);
                            recovered.accept(entry);
                        },
                        onFailure);
                found(replica, found);
                return new NotingJournal(replica, opened, found, now);
            }

            @Override
            public boolean survivesRestart() {
                return correct.survivesRestart();
            }
        };
    }

    /**
     * From its next start on, a replica runs on an older copy of its records: it must not vote until
     * it has new ones.
     */
    void olderCopy(NodeId replica) {
        olderCopies.add(replica);
    }

    /** A replica has new records from its next start on. */
    void newRecords(NodeId replica) {
        olderCopies.remove(replica);
    }

    private void found(NodeId replica, MemberRecords found) {
        MemberId id = found.id();
        MemberRecords earlier = id == null ? null : durable.get(id);
        if (id == null) {
            // A copy from before the first entry: what comes is new.
            newRecords(replica);
            return;
        }
        if (olderCopies.contains(replica)) {
            return;
        }
        if (earlier != null) {
            found.inherit(earlier);
            requireNewer(replica, earlier.adopted(), found.adopted());
        }
        durable.put(id, found);
    }

    private void note(NodeId replica, ByteBuffer entry, MemberRecords records) {
        switch (entry.get()) {
            case INCARNATION -> records.identify(new MemberId(replica, entry.getLong()));
            case REGISTER -> records.register(key(entry), Ballot.read(entry), Ballot.read(entry));
            case PROMISE -> records.promise(key(entry), Ballot.read(entry));
            case FLOOR -> {
                entry.getLong();
                records.floor(Ballot.read(entry));
            }
            case REMOVED -> records.remove(key(entry), Ballot.read(entry));
            case CONFIGURATION -> records.adopt(ConfigurationFormat.read(entry));
            default -> {}
        }
    }

    private static String key(ByteBuffer entry) {
        entry.getLong();
        return new String(ByteReaders.readBlock(entry), StandardCharsets.UTF_8);
    }

    private void requireNewer(NodeId replica, @Nullable Configuration before, @Nullable Configuration now) {
        if (before != null
                && (now == null
                        || now.epoch() < before.epoch()
                        || now.placement(0).since() < before.placement(0).since())) {
            problem(replica + " goes back from " + before + " to " + now);
        }
    }

    /**
     * A node has adopted a configuration.
     *
     * @param records how many its replica has in memory
     */
    void adopted(NodeId node, Configuration chosen, int records) {
        see(node, chosen);
        MemberRecords expected = inMemory.get(node);
        if (expected != null && expected.size() != records) {
            problem(node + " has " + records + " records after it has adopted epoch " + chosen.epoch() + ", not "
                    + expected.size());
        }
    }

    private void see(NodeId node, Configuration chosen) {
        Configuration known = epochs.putIfAbsent(chosen.epoch(), chosen);
        if (known != null) {
            if (!known.equals(chosen)) {
                problem(node + " adopts another configuration of epoch " + chosen.epoch() + ": " + chosen + ", not "
                        + known);
            }
            return;
        }
        Configuration last = epochs.get(chosen.epoch() - 1);
        if (last != null && last.isMoving() && !chosen.isMoving()) {
            audit(last.placement(0), chosen.placement(0));
        }
    }

    private void audit(Placement moved, Placement after) {
        boolean aborted = after.group().equals(moved.group());
        commits += aborted ? 0 : 1;
        aborts += aborted ? 1 : 0;
        List<MemberRecords> old = moved.group().stream()
                .map(member -> records(member).before(moved.since()))
                .toList();
        Set<String> keys = new TreeSet<>();
        old.forEach(member -> member.keys().forEach(keys::add));
        for (String key : keys) {
            Ballot promised = ofMajority(old, records -> records.promised(key));
            require(moved, after, key + " promised " + promised, each -> each.hasPromised(key, promised));
            Ballot accepted = ofMajority(old, records -> records.accepted(key));
            require(moved, after, key + " accepted " + accepted, each -> each.hasAccepted(key, accepted));
        }
    }

    /** The highest ballot that a majority may have had in common. */
    private static Ballot ofMajority(List<MemberRecords> group, Function<MemberRecords, Ballot> of) {
        return group.stream()
                .map(of)
                .sorted(Comparator.reverseOrder())
                .toList()
                .get(Quorums.majority(group.size()) - 1);
    }

    private void require(Placement moved, Placement after, String what, Function<MemberRecords, Boolean> has) {
        List<GroupMember> lacking = after.group().stream()
                .filter(member -> !has.apply(records(member)))
                .toList();
        boolean newcomerLacks =
                lacking.stream().anyMatch(member -> !moved.group().contains(member));
        if (newcomerLacks
                || after.group().size() - lacking.size()
                        < Quorums.majority(after.group().size())) {
            problem("epoch " + after.since() + ": the group " + after.group() + " takes over from " + moved.group()
                    + ", and of these " + lacking + " lack " + what);
        }
    }

    private MemberRecords records(GroupMember member) {
        return durable.getOrDefault(member.id(), new MemberRecords());
    }

    private void problem(String text) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(text);
        }
    }

    /** What does not hold. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    int commits() {
        return commits;
    }

    int aborts() {
        return aborts;
    }

    private final class NotingJournal extends WrappedJournal {
        private final NodeId replica;
        private final MemberRecords onDisk;
        private final MemberRecords now;

        NotingJournal(NodeId replica, Journal correct, MemberRecords onDisk, MemberRecords now) {
            super(correct);
            this.replica = replica;
            this.onDisk = onDisk;
            this.now = now;
        }

        /** Of a replica without a disk, too. */
        @Override
        public boolean keepsRecords() {
            return true;
        }

        @Override
        public long append(ByteBuffer record) {
            ByteBuffer copy = ByteBuffer.allocate(record.remaining())
                    .put(record.duplicate())
                    .flip();
            long position = super.append(record);
            Configuration before = now.adopted();
            note(replica, copy.duplicate(), now);
            requireNewer(replica, before, now.adopted());
            whenDurable(position, () -> {
                int beginnings = onDisk.beginnings();
                note(replica, copy, onDisk);
                MemberId id = onDisk.id();
                if (onDisk.beginnings() != beginnings) {
                    newRecords(replica);
                }
                if (id != null && !olderCopies.contains(replica)) {
                    durable.put(id, onDisk);
                }
            });
            return position;
        }
    }
}
