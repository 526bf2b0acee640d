package io.coterie.replication.internal.change;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberState;
import io.coterie.replication.internal.membership.Successors;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.wire.MemberMethods;
import io.coterie.replication.internal.wire.MemberMethods.Progress;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.spi.Repetition;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change that is running, as this node sees it: how far it is, and who drives it. Whoever
 * drives it says so again and again. If nobody does, this node takes over.
 *
 * <p>Only to be used on the node's loop, unless a method says otherwise.
 */
final class RunningChange {
    private static final Logger log = LoggerFactory.getLogger(RunningChange.class);

    /** How often the driver says how far it is. */
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int REPORTS_BETWEEN_LINES = 5;

    /** A driver that is silent for longer is gone. */
    private static final long SILENCE_NANOS = 5 * REPORT_NANOS;

    private final RpcNode node;
    private final ConfigurationRecords records;
    private final Function<Configuration, Driver> drivers;
    private final End end;
    private final Repetition ticks;
    private volatile @Nullable Driver driver;

    /** The joint configuration; null while no change is running. */
    private volatile @Nullable Configuration joint;

    private volatile long begunAt;
    private volatile Progress heard = new Progress(0, 0, 0, 0);
    private long heardAt;
    private int reports;
    private boolean over;

    /** Gets the end of each change. */
    interface End {
        /**
         * A change is over.
         *
         * @param failure why this node has taken it back; null if it has not
         */
        void ended(boolean made, @Nullable String failure);
    }

    /** @param drivers makes a driver for a joint configuration */
    RunningChange(RpcNode node, ConfigurationRecords records, Function<Configuration, Driver> drivers, End end) {
        this.node = node;
        this.records = records;
        this.drivers = drivers;
        this.end = end;
        this.ticks = new Repetition(node.world().scheduler(), REPORT_NANOS, this::tick);
    }

    void stop() {
        over = true;
        ticks.cancel();
        stopDriver();
    }

    /** The driver has said how far it is. */
    void heard(Progress progress) {
        if (progress.epoch() == records.epoch()) {
            heard = progress;
            heardAt = now();
        }
    }

    /** How far the change is, as far as this node knows; null if there is none. For any thread. */
    @Nullable
    ChangeProgress progress() {
        Configuration running = joint;
        Driver own = driver;
        if (running == null) {
            return null;
        }
        if (own != null) {
            return own.progress();
        }
        Progress last = heard;
        return last.epoch() == running.epoch()
                ? ChangeProgress.after(now() - begunAt, last.epoch(), last.keysInAll(), last.keysDone(), last.bytes())
                : ChangeProgress.after(0, running.epoch(), 0, 0, 0);
    }

    void adopted(Configuration adopted) {
        Configuration before = joint;
        Driver own = driver;
        joint = adopted.isMoving() ? adopted : null;
        stopDriver();
        if (before != null) {
            ended(before, Successors.isMade(before, adopted), own);
        }
        if (joint != null) {
            begunAt = now();
            heardAt = begunAt;
            ticks.in(REPORT_NANOS);
        }
    }

    private void ended(Configuration before, boolean made, @Nullable Driver own) {
        if (own != null) {
            log.info(
                    "the change of epoch {} is {} after {} ms: {} keys, {} bytes sent",
                    before.epoch(),
                    made ? "made" : "taken back",
                    TimeUnit.NANOSECONDS.toMillis(own.nanos()),
                    own.progress().keysDone(),
                    own.progress().bytes());
        }
        end.ended(made, own == null ? null : own.failure());
    }

    private void tick() {
        Configuration running = joint;
        if (over || running == null) {
            return;
        }
        ticks.in(REPORT_NANOS);
        Driver own = driver;
        if (own != null) {
            report(running, own.progress());
        } else if (records.votes() && now() - heardAt > SILENCE_NANOS + turn(running) * REPORT_NANOS) {
            log.info("the driver of the change of epoch {} is silent: this node takes over", running.epoch());
            drive();
        }
    }

    /** Members take over one after another, so that they seldom do it at once. */
    private int turn(Configuration running) {
        return running.members().stream()
                        .filter(member -> member.state() == MemberState.ACTIVE)
                        .map(Member::id)
                        .toList()
                        .indexOf(records.self())
                + 1;
    }

    private void report(Configuration running, ChangeProgress progress) {
        Progress message = new Progress(progress.epoch(), progress.keysInAll(), progress.keysDone(), progress.bytes());
        reports++;
        if (reports % REPORTS_BETWEEN_LINES == 0) {
            log.info("the change of epoch {}: {}", progress.epoch(), progress);
        }
        running.members().stream()
                .map(member -> member.id().node())
                .distinct()
                .filter(other -> !other.equals(node.self()))
                .forEach(other -> node.loop().tell(other, MemberMethods.PROGRESS, message));
    }

    /** Drives the change from now on. Does nothing if none is running, or if this node drives it. */
    void drive() {
        Configuration running = joint;
        if (running == null || driver != null) {
            return;
        }
        Driver begun = drivers.apply(running);
        driver = begun;
        begun.start();
    }

    private void stopDriver() {
        Driver own = driver;
        driver = null;
        if (own != null) {
            own.stop();
        }
    }

    private long now() {
        return node.world().clock().nanos();
    }
}
