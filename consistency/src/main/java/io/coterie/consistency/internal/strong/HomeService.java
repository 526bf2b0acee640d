package io.coterie.consistency.internal.strong;

import io.coterie.consistency.internal.key.KeyCoordinator;
import io.coterie.consistency.internal.pending.StoreRefusals;
import io.coterie.consistency.internal.register.ForwardAnswer;
import io.coterie.consistency.internal.round.RoundContext;
import io.coterie.consistency.internal.wire.BatchStatus;
import io.coterie.consistency.internal.wire.BatchStatusQuery;
import io.coterie.consistency.internal.wire.ForwardRequest;
import io.coterie.consistency.internal.wire.HomeAnswer;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.Responder;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;

/**
 * Serves other nodes that take this one for the home of a key: makes their changes along with its
 * own, and reports whether it still does.
 */
final class HomeService {
    private static final long MAX_NANOS = Duration.ofHours(1).toNanos();

    private final StrongStore store;
    private final StoreSpec spec;
    private final RoundContext context;
    private final NodeReplication replication;
    private final NodeMemory memory;

    HomeService(StrongStore store, StoreSpec spec, RoundContext context) {
        this.store = store;
        this.spec = spec;
        this.context = context;
        this.replication = context.replication();
        this.memory = replication.memory();
    }

    /** Begins to serve. */
    void start() {
        replication.node().serveInline(context.forwarding(), this::apply);
        replication.node().serveInline(context.batchStatus(), this::answerStatus);
    }

    private void apply(NodeId caller, ForwardRequest request, Responder<HomeAnswer> answer) {
        if (request.key().length > RecordKey.MAX_BYTES && !request.batch().isRead()) {
            answer.fail(StoreRefusals.keyTooLong(spec.name(), request.key()));
            return;
        }
        if (!replication.ballotClock().trusts(request.batch().timestamp())) {
            // Once it is in the key's state, nobody could give its own batches a higher one.
            answer.reply(new HomeAnswer(false, new ForwardAnswer.Stale(0)));
            return;
        }
        long bytes = request.bytes();
        if (!memory.hold(caller, bytes)) {
            answer.fail(OverloadedException.ofHandler(
                    "this node holds " + memory.heldBytes()
                            + " bytes of changes that it makes for other nodes, and takes no more from " + caller
                            + " until some have ended",
                    null));
            return;
        }
        KeyCoordinator key = store.keyOf(new RecordKey(spec.id(), request.key()));
        if (key.isCrowded()) {
            memory.release(caller, bytes);
            answer.fail(OverloadedException.ofHandler(
                    "too many nodes change one key of store \"" + spec.name() + "\" at once", null));
            return;
        }
        long deadline = context.now() + Math.max(0, Math.min(request.nanosLeft(), MAX_NANOS));
        store.begin(
                key,
                request.batch(),
                deadline,
                new ForwardReply(key::isShared, answer, () -> memory.release(caller, bytes)));
    }

    private void answerStatus(NodeId caller, BatchStatusQuery query, Responder<BatchStatus> answer) {
        KeyCoordinator key = store.knownKey(new RecordKey(spec.id(), query.key()));
        if (key == null || !key.has(query.origin(), query.timestamp())) {
            answer.reply(BatchStatus.UNKNOWN);
        } else {
            boolean isInProgress = key.hasProgressedWithin(
                    context.homes().patienceNanos(context.backoff().roundTripNanos()));
            answer.reply(isInProgress ? BatchStatus.IN_PROGRESS : BatchStatus.STALLED);
        }
    }
}
