package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.keepers.Proposal.Outcome;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.World;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Has a replica without a configuration get one: it asks the others for theirs, and proposes
 * genesis with them. Every replica proposes, and the one whose name comes first begins, so that
 * they are seldom in each other's way.
 */
final class Founding implements PeerListener {
    /** How many attempts to wait for another replica that proposes. */
    private static final int PATIENCE_ATTEMPTS = 2;

    private final KeeperCalls calls;
    private final CurrentConfiguration current;
    private final ConfigurationExchange exchange;
    private final Genesis genesis;
    private final RetryPolicy retry;
    private final Consumer<Map<NodeId, String>> waiting;
    private final Repetition attempts;
    private final long proposer;
    private final int turn;
    private boolean started;
    private long counter;
    private int failures;
    private boolean proposing;
    private boolean over;

    /** @param waiting gets what each replica said after an attempt with too few of them */
    Founding(
            KeeperCalls calls,
            CurrentConfiguration current,
            ConfigurationExchange exchange,
            Genesis genesis,
            RetryPolicy retry,
            Consumer<Map<NodeId, String>> waiting) {
        this.calls = calls;
        this.current = current;
        this.exchange = exchange;
        this.genesis = genesis;
        this.retry = retry;
        this.waiting = waiting;
        this.turn = genesis.names().stream()
                .sorted(Comparator.comparing(NodeId::name))
                .toList()
                .indexOf(calls.node().self());
        World world = calls.node().world();
        this.proposer = world.random().nextLong();
        this.attempts = new Repetition(world.scheduler(), calls.attemptNanos(), this::attempt, () -> proposing = false);
    }

    void start() {
        started = true;
        if (turn == 0) {
            attempts.guard(this::attempt);
        } else {
            exchange.pull(genesis.names());
            attempts.in(turn * calls.attemptNanos());
        }
    }

    /** Whether this replica is the one to begin. */
    private boolean isFirst() {
        return started && turn == 0;
    }

    void stop() {
        over = true;
        attempts.cancel();
    }

    /** Whoever waits for this replica waits no longer than it must. */
    @Override
    public void onConnected(NodeId peer) {
        if (!over && current.now() == null && isFirst() && genesis.names().contains(peer)) {
            attempts.in(0);
        }
    }

    private void attempt() {
        if (over || proposing || current.now() != null) {
            return;
        }
        exchange.pull(genesis.names());
        if (calls.heardOther(PATIENCE_ATTEMPTS * calls.attemptNanos())) {
            // It would only be in the way of the other one.
            attempts.in(PATIENCE_ATTEMPTS * calls.attemptNanos());
            return;
        }
        proposing = true;
        counter++;
        new Proposal(calls, genesis, new Ballot(counter, proposer), outcome -> {
                    proposing = false;
                    attempts.guard(() -> ended(outcome));
                })
                .start();
    }

    private void ended(Outcome outcome) {
        if (over || current.now() != null) {
            return;
        }
        if (outcome instanceof Outcome.Chosen chosen) {
            current.adopt(chosen.configuration());
            exchange.spread();
            return;
        }
        if (outcome instanceof Outcome.Conflict conflict) {
            counter = Math.max(counter, conflict.promised().counter());
        } else if (outcome instanceof Outcome.OtherEpoch other) {
            exchange.pull(other.keeper());
        } else if (outcome instanceof Outcome.TooFew tooFew) {
            waiting.accept(tooFew.said());
        }
        failures++;
        attempts.in(retry.backoffNanos(failures, calls.node().world().random()));
    }
}
