package io.coterie.internal.operations;

import io.coterie.consistency.StoreLoad;
import io.coterie.replication.internal.budget.NodeLoad;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.spi.World;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the operations in flight at a node, and refuses those that are too many or too late to
 * begin.
 */
public final class OperationLimit implements NodeLoad.Source {
    private final World world;
    private final NodeLoad load;
    private final int maxOperations;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean pressed;

    public OperationLimit(World world, NodeLoad load, int maxOperations) {
        this.world = world;
        this.load = load;
        this.maxOperations = maxOperations;
    }

    /** The world whose loop the operations run on. */
    public World world() {
        return world;
    }

    /**
     * Counts operations that are about to be handed to the loop.
     *
     * @param nanos how long they may take
     * @throws OverloadedException if they are refused; then they are not counted
     */
    public void admit(StoreLoad store, long nanos, int operations) {
        OverloadedException refusal = pressed ? store.refusal(nanos, operations) : null;
        if (refusal != null) {
            throw refusal;
        }
        if (inFlight.addAndGet(operations) > maxOperations) {
            inFlight.addAndGet(-operations);
            String found = operations == 1
                    ? "there are " + maxOperations + " operations in flight at this node"
                    : operations + " reads and the operations in flight at this node are more than " + maxOperations;
            throw new OverloadedException(
                    found + ", the setting of maxOperations: wait for some of them to end before you"
                            + " begin more, or raise it");
        }
    }

    /** The loop has come to so many operations. */
    public void taken(int operations) {
        load.taken(operations);
    }

    /** The store is done with an operation. */
    public void ended() {
        load.ended();
        inFlight.decrementAndGet();
    }

    @Override
    public int handedOver() {
        return inFlight.get();
    }

    @Override
    public void pressed(boolean isPressed) {
        pressed = isPressed;
    }
}
