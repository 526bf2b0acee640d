package io.coterie.consistency.internal.round;

import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.ForwardAnswer;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.ForwardedResults;
import io.coterie.consistency.internal.register.OperationApplier;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.consistency.internal.wire.BatchStatus;
import io.coterie.consistency.internal.wire.BatchStatusQuery;
import io.coterie.consistency.internal.wire.ForwardRequest;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a batch applied by the home of its key, which merges it with those of other nodes, so that a
 * key that many nodes change at once costs rounds of one node rather than duels of all. Where the
 * home does not answer soon, the batch continues here, under the same timestamp: whoever applied it
 * first, the other finds it done.
 *
 * <p>Functions cannot be sent. They are called here, with a value that the home has read, and what
 * they make of it is sent as a {@link StrongCommand.ConditionalWrite}; if the value has changed
 * meanwhile, the home is asked for it once more, and they are called again.
 */
public final class Forwarding extends Round {
    private static final int AVOIDED_IF_SILENT = 10;
    private static final Duration MIN_AVOIDED_IF_SILENT = Duration.ofSeconds(1);
    private static final int AVOIDED_IF_UNABLE = 4;
    private static final Duration MIN_AVOIDED_IF_UNABLE = Duration.ofMillis(200);
    private static final int SILENT_ROUND_TRIPS = 4;
    private static final int MAX_TIMESTAMPS = 3;

    private final NodeId home;
    private int timestamps;

    /** Whether the home was asked, and has not answered. */
    private boolean asks;

    /**
     * Whether the home had too much to do, or too much was in flight to it, and it is to be asked
     * again.
     */
    private boolean overloaded;

    /** Rises with each status query to the home, and with each answer to one. */
    private int queries;

    /** When it was asked last. */
    private long began;

    public Forwarding(RoundContext context, RoundKey key, Batch batch, NodeId home) {
        super(context, key, batch);
        this.home = home;
    }

    @Override
    public void start() {
        if (batch.sent() != null) {
            send(batch.sent());
        } else if (batch.hasUserCode()) {
            look();
        } else {
            List<StrongCommand> commands = new ArrayList<>(batch.operations().size());
            batch.operations().forEach(pending -> commands.add(new StrongCommand.Apply(pending.operation())));
            send(new Batch.Sent(commands, null));
        }
    }

    /** The home asks the new replicas, and this node asks none. */
    @Override
    void restart() {}

    @Override
    void again() {
        alone();
    }

    @Override
    Map<NodeId, String> said() {
        Map<NodeId, String> said = new LinkedHashMap<>(super.said());
        said.put(home, asHome());
        return said;
    }

    private String asHome() {
        if (overloaded) {
            return "had too much to do as the home of the key, or too much was in flight to it";
        }
        return asks
                ? "asked as the home of the key, which asks the others; no answer yet"
                : "answered as the home of the key";
    }

    @Override
    String whatIsMissing() {
        if (overloaded) {
            return "was refused by the home of its key, " + home
                    + ", until its time was over, because several nodes change the key";
        }
        return asks
                ? "was not answered in time by the home of its key, " + home + ", because several nodes change the key"
                : "did not come to its end in time";
    }

    @Override
    boolean isRefusedForLoad() {
        return false;
    }

    /** This node applies the batch itself. */
    private void alone() {
        batch.stay();
        key.continueHere(this);
    }

    private void look() {
        if (!batch.mayBeApplied()) {
            // A node that looks gets a reservation, and is known by its origin.
            batch.comeFrom(replication().writer());
        }
        call(List.of(new StrongCommand.ReadForUpdate()), false, answer -> {
            if (answer instanceof ForwardAnswer.Applied read) {
                runUserCode(RegisterState.ofValue(read.before()));
            } else {
                alone();
            }
        });
    }

    private void runUserCode(RegisterState seen) {
        int phase = enterPhaseAside();
        boolean[] ended = batch.ended();
        try {
            callFunctions(() -> {
                Batch.Attempt attempt = batch.applyTo(seen, seen.version(), batch.outcome(), ended);
                replication().world().scheduler().execute(() -> {
                    if (isCurrent(phase)) {
                        swap(attempt);
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            alone();
        }
    }

    private void swap(Batch.Attempt attempt) {
        if (batch.endedSince(attempt)) {
            runUserCode(attempt.before());
        } else if (attempt.state().equals(attempt.before())) {
            // What it rests on was the key's value when the home looked.
            finish(attempt);
        } else {
            StrongCommand write = new StrongCommand.ConditionalWrite(
                    attempt.before().value(), attempt.state().value());
            if (context.fits(write.bytes())) {
                send(new Batch.Sent(List.of(write), attempt));
            } else {
                alone();
            }
        }
    }

    private void send(Batch.Sent what) {
        boolean first = !batch.mayBeApplied();
        if (first) {
            batch.timestampBy(replication().writer(), context.nextTimestamp());
        }
        batch.send(what);
        call(what.commands(), first, answer -> answered(what, first, answer));
    }

    private void answered(Batch.Sent what, boolean first, ForwardAnswer answer) {
        if (answer instanceof ForwardAnswer.Applied applied) {
            applied(what, applied.before());
        } else if (answer instanceof ForwardAnswer.Found found) {
            RegisterState present = RegisterState.ofValue(found.present());
            Batch.Attempt attempt = found.outcome().attempt() == BatchOutcome.BY_ANOTHER
                    ? batch.appliedByAnother(found.outcome().results(), present)
                    : batch.attempt(found.outcome().attempt());
            if (attempt == null) {
                batch.takeBack();
                look();
            } else {
                finish(attempt);
            }
        } else if (answer instanceof ForwardAnswer.Stale stale && first) {
            batch.takeBack();
            replication().ballotClock().observe(stale.horizon());
            stale();
        } else {
            alone();
        }
    }

    private void stale() {
        if (++timestamps < MAX_TIMESTAMPS) {
            start();
        } else {
            alone();
        }
    }

    private void applied(Batch.Sent what, byte @Nullable [] before) {
        OperationApplier applier = new OperationApplier(before);
        Batch.Attempt instead = what.instead();
        if (instead == null) {
            finish(Batch.attemptOf(RegisterState.ofValue(before), ForwardedResults.apply(what.commands(), applier)));
        } else if (applier.apply(what.commands().get(0)).applied()) {
            finish(instead);
        } else {
            // Refused, and so certainly not applied: this timestamp is never used again. It looks
            // again, for a reservation: without one it would come too late again where others have
            // theirs in every round.
            batch.takeBack();
            look();
        }
    }

    /**
     * Asks the home.
     *
     * @param first whether nobody else was ever sent the batch: it is certain not to be applied, if
     *     the call is
     */
    private void call(List<StrongCommand> commands, boolean first, Consumer<ForwardAnswer> then) {
        int phase = enterPhaseAside();
        began = now();
        long left = Math.max(1, deadline() - began);
        asks = true;
        waitForHome(phase);
        Forwarded sent = new Forwarded(batch.origin(), batch.timestamp(), commands);
        var unused = replication()
                .node()
                .call(
                        home,
                        context.forwarding(),
                        new ForwardRequest(key.bytes(), left, sent),
                        CallOptions.within(Duration.ofNanos(left)))
                .whenComplete((answer, error) -> {
                    if (error == null) {
                        context.homes().answered(home);
                    }
                    asks &= !isCurrent(phase);
                    if (isCurrent(phase) && error != null) {
                        failed(error, first);
                    } else if (isCurrent(phase)) {
                        key.homeAnswered(answer.shared());
                        then.accept(answer.answer());
                    }
                });
    }

    /** Sends status queries as long as the home reports the batch as in progress. */
    private void waitForHome(int phase) {
        long patience = context.homes().patienceNanos(context.backoff().roundTripNanos());
        later(patience, () -> queryStatus(phase, patience));
    }

    /**
     * A late answer proves nothing about the batch. It proves that the home is slow, and not gone:
     * so it is waited for longer than the batch waits.
     */
    private void queryStatus(int phase, long patience) {
        int number = ++queries;
        later(patience, () -> {
            if (number == queries) {
                silent();
            }
        });
        BatchStatusQuery query = new BatchStatusQuery(key.bytes(), batch.origin(), batch.timestamp());
        long timeout = Math.max(patience, context.backoff().nanosOf(AVOIDED_IF_SILENT, MIN_AVOIDED_IF_SILENT));
        replication().node().loop().send(home, context.batchStatus(), query, timeout, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, BatchStatus answer) {
                if (isCurrent(phase) && number == queries) {
                    queries++;
                    answeredStatus(phase, answer);
                } else if (answer != BatchStatus.STALLED) {
                    context.homes().answered(home);
                }
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                if (isCurrent(phase) && number == queries) {
                    queries++;
                    unasked(phase, failure);
                }
            }
        });
    }

    private void unasked(int phase, RpcException failure) {
        // What has too much to do may be this node: that proves nothing about the home.
        if (failure instanceof OverloadedException && !isHomeSilent()) {
            waitForHome(phase);
        } else {
            silent();
        }
    }

    private void answeredStatus(int phase, BatchStatus answer) {
        switch (answer) {
            case IN_PROGRESS -> {
                context.homes().answered(home);
                waitForHome(phase);
            }
            case STALLED -> {
                avoidHome(AVOIDED_IF_SILENT, MIN_AVOIDED_IF_SILENT);
                alone();
            }
            case UNKNOWN -> alone();
        }
    }

    private void silent() {
        if (rules.isUntakenAfterSilence()) {
            batch.takeBack();
        }
        context.homes()
                .avoidUntilHeard(home, began, context.backoff().nanosOf(AVOIDED_IF_SILENT, MIN_AVOIDED_IF_SILENT));
        alone();
    }

    private void failed(Throwable error, boolean first) {
        if (first && error instanceof CoterieException failure && !failure.maybeExecuted()) {
            batch.takeBack();
        }
        if (error instanceof OverloadedException) {
            askLater();
            return;
        }
        if (!(error instanceof DeadlineExceededException) || isHomeSilent()) {
            avoidHome(AVOIDED_IF_UNABLE, MIN_AVOIDED_IF_UNABLE);
        }
        alone();
    }

    /**
     * Where there is too much to do, requests to all replicas would add to it, and rounds of all
     * nodes still more, as they shut each other out. So the batch waits, and the home stays the
     * same one for all nodes.
     */
    private void askLater() {
        overloaded = true;
        enterPhaseAside();
        pause(batch.countOverload());
    }

    /**
     * Whether the home had the time to answer, and answered nothing. That a batch came to it
     * shortly before its deadline proves nothing about the home: a node that avoids it for that is
     * in the way of all that do not.
     */
    private boolean isHomeSilent() {
        return now() - began >= SILENT_ROUND_TRIPS * context.backoff().roundTripNanos()
                && !context.homes().hasAnsweredSince(home, began);
    }

    private void avoidHome(int roundTrips, Duration min) {
        context.homes().avoid(home, began, context.backoff().nanosOf(roundTrips, min));
    }
}
