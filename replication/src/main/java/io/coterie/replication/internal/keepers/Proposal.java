package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.replication.internal.wire.KeeperMethods.Promise;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to have a configuration chosen, with one ballot: phase 1 and phase 2 of Paxos
 * (Lamport, section 2.2). If a keeper has accepted a configuration before, that one is proposed:
 * it may be chosen.
 */
final class Proposal {
    private final KeeperCalls calls;
    private final ProposedInstance instance;
    private final Ballot ballot;
    private final Consumer<Outcome> then;
    private final Map<NodeId, Promise> promises = new TreeMap<>();
    private final Set<NodeId> accepted = new HashSet<>();
    private final Map<NodeId, String> said = new TreeMap<>();
    private int unanswered;
    private @Nullable Configuration proposed;
    private boolean over;

    /** How an attempt ended. */
    sealed interface Outcome {
        /** A configuration is chosen: the proposed one, or one that was proposed before. */
        record Chosen(Configuration configuration) implements Outcome {}

        /** A keeper has adopted another epoch than the base. */
        record OtherEpoch(NodeId keeper) implements Outcome {}

        /** Another proposer has a higher ballot. Nothing, or this proposal, may yet be chosen. */
        record Conflict(Ballot promised) implements Outcome {}

        /**
         * Too few keepers answered. This proposal may yet be chosen.
         *
         * @param said what each of them said, as a human-readable text
         */
        record TooFew(Map<NodeId, String> said) implements Outcome {}
    }

    /** @param then gets the outcome, once */
    Proposal(KeeperCalls calls, ProposedInstance instance, Ballot ballot, Consumer<Outcome> then) {
        this.calls = calls;
        this.instance = instance;
        this.ballot = ballot;
        this.then = then;
    }

    void start() {
        unanswered = instance.keepers().size();
        for (NodeId keeper : instance.keepers()) {
            KeeperMethods.Prepare request = new KeeperMethods.Prepare(instance.to(keeper), ballot);
            calls.prepare(
                    keeper,
                    request,
                    promise -> promised(keeper, promise),
                    (why, text) -> failed(keeper, false, why, text));
        }
    }

    private void promised(NodeId keeper, Promise promise) {
        if (over || proposed != null) {
            return;
        }
        if (!promise.promised().equals(ballot)) {
            end(new Outcome.Conflict(promise.promised()));
            return;
        }
        promises.put(keeper, promise);
        said.put(keeper, "promised");
        unanswered--;
        if (instance.isPromised(promises)) {
            propose();
        } else {
            endIfAllAnswered();
        }
    }

    private void propose() {
        Configuration chosen = highestAccepted();
        if (chosen == null) {
            chosen = instance.choice(promises);
        }
        if (chosen == null) {
            endIfAllAnswered();
            return;
        }
        proposed = chosen;
        unanswered = instance.keepers().size();
        for (NodeId keeper : instance.keepers()) {
            KeeperMethods.Accept request = new KeeperMethods.Accept(instance.to(keeper), ballot, chosen);
            calls.accept(
                    keeper,
                    request,
                    promise -> accepted(keeper, promise),
                    (why, text) -> failed(keeper, true, why, text));
        }
    }

    private @Nullable Configuration highestAccepted() {
        Ballot highest = Ballot.NONE;
        Configuration found = null;
        for (Promise promise : promises.values()) {
            if (promise.accepted().isAbove(highest)) {
                highest = promise.accepted();
                found = promise.configuration();
            }
        }
        return found;
    }

    private void accepted(NodeId keeper, Ballot promise) {
        Configuration chosen = proposed;
        if (over || chosen == null) {
            return;
        }
        if (!promise.equals(ballot)) {
            end(new Outcome.Conflict(promise));
            return;
        }
        said.put(keeper, "accepted");
        unanswered--;
        accepted.add(keeper);
        if (instance.isChosen(accepted, promises)) {
            end(new Outcome.Chosen(chosen));
        } else {
            endIfAllAnswered();
        }
    }

    private void failed(NodeId keeper, boolean proposing, Throwable why, String text) {
        if (over || proposing != (proposed != null)) {
            return;
        }
        said.put(keeper, text);
        if (RefusalKind.of(why) == RefusalKind.OTHER_EPOCH) {
            end(new Outcome.OtherEpoch(keeper));
        } else {
            unanswered--;
            endIfAllAnswered();
        }
    }

    private void endIfAllAnswered() {
        if (unanswered <= 0) {
            end(new Outcome.TooFew(said));
        }
    }

    private void end(Outcome outcome) {
        over = true;
        then.accept(outcome);
    }
}
