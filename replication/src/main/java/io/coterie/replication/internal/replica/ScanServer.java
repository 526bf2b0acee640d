package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.SortedKeys;
import io.coterie.replication.internal.watch.ReplicaWatches;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;

/**
 * A replica's part in scans. The first scan has the keys sorted; until that is done, scans wait.
 *
 * <p>Only to be used on the replica's loop.
 */
final class ScanServer {
    private final Scheduler scheduler;
    private final ReplicaTables tables;
    private final LoopShares shares;
    private final DurableAnswers answers;

    ScanServer(Scheduler scheduler, ReplicaTables tables, LoopShares shares, DurableAnswers answers) {
        this.scheduler = scheduler;
        this.tables = tables;
        this.shares = shares;
        this.answers = answers;
    }

    void scan(NodeId caller, ScanRequest request, int maxPayloadBytes, Responder<ScanAnswer> answer) {
        if (isTooLong(request, answer)) {
            return;
        }
        SortedKeys sorted = sorted();
        Runnable page = () -> page(caller, request, sorted, maxPayloadBytes, answer);
        if (sorted.isComplete()) {
            page.run();
        } else if (shares.hold(caller, answer)) {
            // Scans that wait must not all be served in one turn.
            sorted.whenComplete(() -> shares.release(caller, answer, () -> {
                try {
                    page.run();
                } catch (Throwable e) {
                    answer.fail(e);
                }
            }));
        }
    }

    private SortedKeys sorted() {
        SortedKeys sorted = tables.sorted;
        if (sorted == null) {
            sorted = new SortedKeys(scheduler, tables.acceptors.iterator(), key -> tables.acceptors.get(key) != null);
            tables.sorted = sorted;
        }
        return sorted;
    }

    private static boolean isTooLong(ScanRequest request, Responder<?> answer) {
        boolean isTooLong = request.prefix().length > ReplicaWatches.MAX_PREFIX_BYTES;
        if (isTooLong) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.LONG_PREFIX,
                    "the prefix of the scan has " + request.prefix().length + " bytes, and no key has more than "
                            + ReplicaWatches.MAX_PREFIX_BYTES + ": scan a shorter prefix"));
        }
        return isTooLong;
    }

    private void page(
            NodeId caller, ScanRequest request, SortedKeys sorted, int maxPayloadBytes, Responder<ScanAnswer> answer) {
        ReplicaScan scan = ReplicaScan.of(request, sorted, tables.acceptors, maxPayloadBytes, shares.room(caller));
        shares.charge(caller, scan.cost());
        answers.reply(Math.max(scan.position, tables.floors.position()), answer, scan.answer());
    }
}
