package io.coterie.consistency.broken;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.StateAnswer;
import org.jspecify.annotations.Nullable;

/** Stores where one replica alone sends the state of a key, however small it is. */
public final class OneStates {
    private OneStates() {}

    /** Nothing is broken. */
    public static SimulatedCluster.Variant always() {
        return keepingTo(ConsensusRules.CORRECT);
    }

    private static SimulatedCluster.Variant keepingTo(ConsensusRules rules) {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context, rules, true, 0));
    }

    /**
     * A ballot alone is taken for that of the state which another replica sent, whatever the ballot
     * of that one is.
     */
    static SimulatedCluster.Variant ballotWithoutItsState() {
        return keepingTo(new ConsensusRules() {
            @Override
            public boolean needsNoState(Ballot ballot, Ballot highest, byte @Nullable [] known) {
                return known != null;
            }

            @Override
            public <A extends StateAnswer<A>> A completed(A answer, Ballot highest, byte @Nullable [] known) {
                return answer.withState(known);
            }
        });
    }

    /**
     * Ballots that come without their states are passed over, as if nothing was accepted under
     * them.
     */
    static SimulatedCluster.Variant ballotAlonePassedOver() {
        return keepingTo(new ConsensusRules() {
            @Override
            public boolean needsNoState(Ballot ballot, Ballot highest, byte @Nullable [] known) {
                return true;
            }

            @Override
            @SuppressWarnings("unchecked")
            public <A extends StateAnswer<A>> A completed(A answer, Ballot highest, byte @Nullable [] known) {
                if (answer instanceof PrepareAnswer promise) {
                    return (A) new PrepareAnswer(
                            promise.granted(), promise.promised(), Ballot.NONE, null, promise.floor());
                }
                return super.completed(answer, highest, known);
            }
        });
    }
}
