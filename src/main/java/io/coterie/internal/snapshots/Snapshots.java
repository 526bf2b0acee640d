package io.coterie.internal.snapshots;

import io.coterie.NotReadyException;
import io.coterie.Snapshot;
import io.coterie.consistency.internal.coordination.node.Floor;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.disk.NioSnapshotFile;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.snapshot.SnapshotReader.Manifest;
import io.coterie.replication.internal.snapshot.SnapshotTaking;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.rpc.spi.LoopFuture;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** The snapshots of one node. Safe for use by any number of threads. */
public final class Snapshots {
    private final CallerLoop loop;
    private final NodeReplication replication;
    private final String cluster;

    public Snapshots(CallerLoop loop, NodeReplication replication, String cluster) {
        this.loop = loop;
        this.replication = replication;
        this.cluster = cluster;
    }

    /**
     * Begins a snapshot, see {@link io.coterie.Coterie#snapshotAsync}. Makes the file on the thread
     * of the caller.
     */
    public CompletableFuture<Snapshot> take(Path file) {
        Objects.requireNonNull(file, "file must not be null");
        loop.requireOpen();
        loop.requireOffLoop();
        requireVote();
        LoopFuture<Snapshot> taken = LoopFuture.on(loop.world());
        // A bound of removed tokens is read last: it then covers whatever was removed meanwhile.
        SnapshotTaking taking = new SnapshotTaking(
                replication,
                cluster,
                NioSnapshotFile.create(file),
                TransferLimits.DEFAULT,
                Floor.KEY,
                new SnapshotTaking.Listener() {
                    @Override
                    public void taken(Manifest manifest) {
                        taken.complete(snapshot(file, manifest));
                    }

                    @Override
                    public void failed(Throwable reason) {
                        taken.completeExceptionally(reason);
                    }
                });
        var unused = taken.whenComplete((snapshot, error) -> taking.stop());
        if (!loop.world().scheduler().execute(taking::start)) {
            taking.stop();
        }
        return loop.untilClosed(taken);
    }

    private void requireVote() {
        ReplicaState state = replication.localState();
        if (state == null) {
            throw new IllegalStateException(
                    "snapshot: node " + replication.self() + " is a client. Take it at a replica");
        }
        if (state != ReplicaState.VOTING) {
            String problem = String.valueOf(replication.localProblem());
            throw new NotReadyException(
                    "snapshot: this replica does not vote. Take it at another one, or wait until it votes",
                    Map.of(replication.self(), problem));
        }
    }

    private static Snapshot snapshot(Path file, Manifest manifest) {
        return new Snapshot(
                file,
                manifest.head().epoch(),
                Instant.ofEpochMilli(manifest.head().wallMillis()),
                manifest.totals().registers(),
                manifest.totals().values(),
                manifest.bytes());
    }
}
