package io.coterie.consistency;

import java.util.List;

/**
 * A batch of another node, which this one applies for it together with its own operations. Its result is a
 * {@link ForwardAnswer} in bytes.
 *
 * @param origin which start of which process it came from
 * @param stamp its origin's, which makes it known when it comes twice
 */
record Forwarded(long origin, long stamp, List<Operation> operations) implements Operation {
    boolean isLook() {
        return operations.get(0) instanceof Look;
    }

    @Override
    public boolean isRead() {
        for (Operation operation : operations) {
            if (!operation.isRead()) {
                return false;
            }
        }
        return true;
    }
}
