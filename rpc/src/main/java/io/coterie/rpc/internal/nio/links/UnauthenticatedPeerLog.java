package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Scheduler;
import io.coterie.rpc.internal.util.LogBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of each machine what is wrong with those who come from there once, whatever names they give themselves, and of all
 * machines together only so much: whoever reaches the port could otherwise fill the log. What is left out is counted, and
 * the count is logged.
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
                        "{} left out {} more warnings of the last minute about those who dialed it; keep what is no node"
                                + " of this cluster away from the port",
                        self,
                        leftOut));
    }

    /** Whether to warn of a fault of someone: of a machine, or of a node that has proven its name. */
    boolean isDue(String who, String fault) {
        return logOnce.isNew(about(who, fault), "") && budget.take();
    }

    /** Someone at that machine does not have the fault. */
    void settle(String who, String fault) {
        logOnce.settle(about(who, fault));
    }

    private static String about(String who, String fault) {
        return who + " " + fault;
    }
}
