package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.keepers.Proposal.Outcome;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.World;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Has the keepers choose one configuration after another one. It is tried until that, or another
 * one, is chosen, or until the time is over. Then it may yet be chosen: whoever proposes next finds
 * out.
 */
final class Succession {
    private final KeeperCalls calls;
    private final CurrentConfiguration current;
    private final ConfigurationExchange exchange;
    private final RetryPolicy retry;
    private final Configuration base;
    private final Configuration next;
    private final long deadline;
    private final Consumer<@Nullable String> then;
    private final Repetition attempts;
    private final long proposer;
    private String lastProblem = "no keeper has answered";
    private long counter;
    private int failures;
    private boolean proposing;
    private boolean over;

    /**
     * @param base the configuration that this node has adopted
     * @param deadline a reading of the clock
     * @param then is called once, on the loop: with null if the next one is chosen and adopted, or
     *     with why not
     */
    Succession(
            KeeperCalls calls,
            CurrentConfiguration current,
            ConfigurationExchange exchange,
            RetryPolicy retry,
            Configuration base,
            Configuration next,
            long deadline,
            Consumer<@Nullable String> then) {
        World world = calls.node().world();
        this.calls = calls;
        this.current = current;
        this.exchange = exchange;
        this.retry = retry;
        this.base = base;
        this.next = next;
        this.deadline = deadline;
        this.then = then;
        this.proposer = world.random().nextLong();
        this.attempts = new Repetition(world.scheduler(), calls.attemptNanos(), this::attempt, () -> proposing = false);
    }

    void start() {
        attempts.guard(this::attempt);
    }

    private void attempt() {
        if (over || proposing) {
            return;
        }
        if (current.epoch() != base.epoch()) {
            end(next.equals(current.now()) ? null : "another change came first");
            return;
        }
        if (deadline - calls.node().world().clock().nanos() <= 0) {
            end("it is not known whether the keepers have chosen it: " + lastProblem);
            return;
        }
        proposing = true;
        counter++;
        new Proposal(calls, new ProposedInstance.After(base, next), new Ballot(counter, proposer), outcome -> {
                    proposing = false;
                    attempts.guard(() -> ended(outcome));
                })
                .start();
    }

    private void ended(Outcome outcome) {
        if (outcome instanceof Outcome.Chosen chosen) {
            current.adopt(chosen.configuration());
            exchange.spread();
            attempt();
            return;
        }
        if (outcome instanceof Outcome.Conflict conflict) {
            counter = Math.max(counter, conflict.promised().counter());
            lastProblem = "another node proposes, too";
        } else if (outcome instanceof Outcome.OtherEpoch other) {
            lastProblem = other.keeper() + " has adopted another epoch";
            exchange.pull(other.keeper());
            exchange.push(other.keeper());
        } else if (outcome instanceof Outcome.TooFew tooFew) {
            lastProblem = text(tooFew.said());
        }
        failures++;
        attempts.in(retry.backoffNanos(failures, calls.node().world().random()));
    }

    private static String text(Map<NodeId, String> said) {
        return said.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("; "));
    }

    private void end(@Nullable String problem) {
        over = true;
        attempts.cancel();
        then.accept(problem);
    }
}
