package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.util.LogBudget;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which warnings to log about peers that have not proven their name. Each fault is logged
 * once for each machine, whatever names its peers use, and the number of all such lines is bounded.
 * Otherwise anyone who reaches the port could fill the log. Lines that are left out are counted,
 * and the count is logged.
 */
final class UnauthenticatedPeerLog {
    static final int MAX_PER_MINUTE = 10;

    private static final Logger log = LoggerFactory.getLogger(UnauthenticatedPeerLog.class);

    private final LogOnce logOnce;
    private final LogBudget budget;

    UnauthenticatedPeerLog(NodeId self, Scheduler loop, LogOnce logOnce) {
        this.logOnce = logOnce;
        this.budget = new LogBudget(
                loop,
                MAX_PER_MINUTE,
                leftOut -> log.warn(
                        "{}: {} more warnings of the last minute about machines that dialed it were left out; let only"
                                + " nodes of this cluster reach the port",
                        self,
                        leftOut));
    }

    /** Whether to warn of a fault of a machine, or of a node that has proven its name. */
    boolean isDue(String who, String fault) {
        return logOnce.isNew(about(who, fault), "") && budget.take();
    }

    /** The machine or node no longer has the fault: a later one is logged again. */
    void settle(String who, String fault) {
        logOnce.settle(about(who, fault));
    }

    private static String about(String who, String fault) {
        return who + " " + fault;
    }
}
