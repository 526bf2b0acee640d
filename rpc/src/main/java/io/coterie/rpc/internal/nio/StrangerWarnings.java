package io.coterie.rpc.internal.nio;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Scheduler;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of each machine what is wrong with those who come from there once, whatever names they give themselves, and of all
 * machines together only so much: whoever reaches the port could otherwise fill the log. What is kept back is counted, and
 * the count is told.
 */
final class StrangerWarnings {
    static final int MOST_PER_MINUTE = 100;

    private static final Logger log = LoggerFactory.getLogger(StrangerWarnings.class);

    private final NodeId self;
    private final Scheduler loop;
    private final Complaints complaints;
    private int said;
    private int keptBack;

    StrangerWarnings(NodeId self, Scheduler loop, Complaints complaints) {
        this.self = self;
        this.loop = loop;
        this.complaints = complaints;
    }

    /** Whether to warn of a fault of someone at that machine. */
    boolean isDue(String host, String fault) {
        if (!complaints.isNew(about(host, fault), "")) {
            return false;
        }
        if (said == 0) {
            loop.schedule(TimeUnit.MINUTES.toNanos(1), this::onMinuteOver);
        }
        if (said < MOST_PER_MINUTE) {
            said++;
            return true;
        }
        keptBack++;
        return false;
    }

    /** Someone at that machine does not have the fault. */
    void settle(String host, String fault) {
        complaints.settle(about(host, fault));
    }

    private void onMinuteOver() {
        if (keptBack > 0) {
            log.warn(
                    "{} kept back {} more warnings of the last minute about those who dialed it; keep what is no node of"
                            + " this cluster away from the port",
                    self,
                    keptBack);
        }
        said = 0;
        keptBack = 0;
    }

    private static String about(String host, String fault) {
        return host + " " + fault;
    }
}
