package io.coterie.consistency.simulated.members;

import io.coterie.replication.internal.snapshot.SnapshotFile;
import io.coterie.replication.storage.DiskFile;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/** The file of a snapshot in a simulated world, whose jobs take their time. */
final class SimulatedFile implements SnapshotFile, DiskFile {
    private final Simulation simulation;
    private final Duration jobTime;
    private byte[] bytes = {};
    private Duration busyUntil = Duration.ZERO;
    private boolean complete;
    private boolean closed;

    SimulatedFile(Simulation simulation, Duration jobTime) {
        this.simulation = simulation;
        this.jobTime = jobTime;
    }

    boolean isComplete() {
        return complete;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public DiskFile content() {
        return this;
    }

    @Override
    public void execute(Runnable job) {
        Duration now = simulation.now();
        busyUntil = (busyUntil.compareTo(now) > 0 ? busyUntil : now).plus(jobTime);
        simulation.after(busyUntil.minus(now), job);
    }

    @Override
    public void complete() {
        complete = true;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long position, ByteBuffer into) {
        into.put(bytes, (int) position, (int) Math.min(into.remaining(), bytes.length - position));
    }

    @Override
    public void write(long position, ByteBuffer from) {
        int count = from.remaining();
        bytes = Arrays.copyOf(bytes, (int) Math.max(bytes.length, position + count));
        from.get(bytes, (int) position, count);
    }

    @Override
    public void force() {}

    @Override
    public void truncate(long size) {
        bytes = Arrays.copyOf(bytes, (int) size);
    }

    @Override
    public void close() {
        closed = true;
    }
}
