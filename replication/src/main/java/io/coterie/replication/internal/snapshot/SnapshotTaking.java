package io.coterie.replication.internal.snapshot;

import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.transfer.MergedList;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes one snapshot at a replica that votes. It begins again if the members change meanwhile.
 *
 * <p>To be used on the node's loop, except for {@link #stop}.
 */
public final class SnapshotTaking {
    private final NodeReplication replication;
    private final String cluster;
    private final SnapshotFile file;
    private final TransferLimits limits;
    private final byte[] lastKey;
    private final Listener listener;
    private final World world;
    private final SnapshotWriter writer;
    private final Repetition attempts;
    private final long deadline;
    private @Nullable MergedList list;
    private volatile boolean over;

    /** Gets how it ends, on the loop, once. */
    public interface Listener {
        void taken(SnapshotReader.Manifest manifest);

        void failed(Throwable reason);
    }

    /**
     * A snapshot that has not begun.
     *
     * @param cluster the name of the cluster
     * @param file is closed in the end
     * @param lastKey the key that is read after all others of its store, see {@link MergedList}
     */
    public SnapshotTaking(
            NodeReplication replication,
            String cluster,
            SnapshotFile file,
            TransferLimits limits,
            byte[] lastKey,
            Listener listener) {
        this.replication = replication;
        this.cluster = cluster;
        this.file = file;
        this.limits = limits;
        this.lastKey = lastKey.clone();
        this.listener = listener;
        this.world = replication.world();
        this.writer = new SnapshotWriter(file.content());
        this.attempts = new Repetition(world.scheduler(), limits.retryNanos(), this::attempt);
        this.deadline = world.clock().nanos() + limits.patienceNanos();
    }

    /** Begins. To be called once. */
    public void start() {
        attempts.guard(this::attempt);
    }

    /** Gives it up without a report. What is written is deleted. May be called by any thread. */
    public void stop() {
        over = true;
        file.close();
    }

    private void attempt() {
        if (over) {
            return;
        }
        Configuration now = replication.configuration();
        if (now == null
                || replication.localState() != ReplicaState.VOTING
                || now.placement().incarnationOf(replication.self()) == 0) {
            fail(new QuorumUnavailableException("no snapshot is taken: this replica does not vote, as "
                    + replication.localProblem() + ". Take it at another one"));
        } else if (!now.isMoving()) {
            begin(now);
        } else if (deadline - world.clock().nanos() > 0) {
            attempts.in(limits.retryNanos());
        } else {
            fail(new QuorumUnavailableException(
                    "no snapshot is taken while the members change: await the end of the change, or abort it"));
        }
    }

    private void begin(Configuration now) {
        NodeId self = replication.self();
        long incarnation = now.placement().incarnationOf(self);
        MemberId taker = new MemberId(self, incarnation);
        // The taker comes first: it sends the states, and to itself that costs no network.
        List<MemberId> group = new ArrayList<>(List.of(taker));
        now.placement().group().stream()
                .map(GroupMember::id)
                .filter(id -> !id.equals(taker))
                .forEach(group::add);
        SnapshotHead head = new SnapshotHead(
                cluster, now.cluster(), now.epoch(), taker, world.clock().wallMillis());
        MergedList begun = new MergedList(
                replication.node(),
                now.placement().since(),
                group,
                replication.quorums().ofTransfer(),
                limits,
                lastKey,
                replication.hlcClock()::isLater,
                new Written(head));
        list = begun;
        job(() -> writer.begin(head), begun::start);
    }

    private interface DiskJob {
        void run() throws IOException;
    }

    /** Runs a job of the disk, and then a task on the loop, unless it is over by then. */
    private void job(DiskJob job, Runnable then) {
        file.execute(() -> {
            if (over) {
                return;
            }
            try {
                job.run();
            } catch (Throwable e) {
                world.scheduler().execute(() -> fail(cannotWrite(e)));
                return;
            }
            world.scheduler().execute(() -> {
                if (!over) {
                    attempts.guard(then);
                }
            });
        });
    }

    private StorageException cannotWrite(Throwable e) {
        return new StorageException(
                "the snapshot " + file + " cannot be written: " + e
                        + ". Free space, or give another path. What was written of it is deleted",
                false,
                e);
    }

    private void fail(Throwable reason) {
        MergedList begun = list;
        if (begun != null) {
            begun.stop();
        }
        if (!over) {
            stop();
            attempts.cancel();
            listener.failed(reason);
        }
    }

    /** Writes what is listed. */
    private final class Written implements MergedList.Reader {
        private final SnapshotHead head;

        Written(SnapshotHead head) {
            this.head = head;
        }

        @Override
        public void take(List<Listed> entries, Runnable next) {
            if (over) {
                return;
            }
            job(() -> writer.add(entries), next);
        }

        @Override
        public void completed() {
            SnapshotTotals[] totals = new SnapshotTotals[1];
            job(
                    () -> {
                        totals[0] = writer.end();
                        file.complete();
                    },
                    () -> {
                        stop();
                        attempts.cancel();
                        listener.taken(new SnapshotReader.Manifest(head, totals[0], writer.bytes()));
                    });
        }

        @Override
        public void superseded() {
            attempts.in(limits.retryNanos());
        }

        @Override
        public void failed(String reason) {
            fail(new QuorumUnavailableException(
                    "no snapshot is taken: it needs a majority of the members, and " + reason));
        }
    }
}
