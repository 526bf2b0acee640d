package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.Gathering;
import io.coterie.replication.PrepareAnswer;
import io.coterie.replication.ReadAnswer;
import io.coterie.rpc.NodeId;

/** Stores where one replica alone sends the state of a key, however small it is. */
final class OneStates {
    private OneStates() {}

    /** Nothing is broken. */
    static SimulatedCluster.Variant always() {
        return SimulatedCluster.Variant.CORRECT.withStore(Always::new);
    }

    /** A ballot alone is taken for that of the state which another replica sent, whatever the ballot of that one is. */
    static SimulatedCluster.Variant ballotWithoutItsState() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new Always(context) {
            @Override
            OneState<ReadAnswer> newReads(NodeId sender, Gathering<ReadAnswer> whole) {
                return new OneState<>(this, sender, whole) {
                    @Override
                    boolean isEnough(Ballot ballot) {
                        return known() != null;
                    }

                    @Override
                    ReadAnswer completed(ReadAnswer answer) {
                        return answer.withState(known());
                    }
                };
            }

            @Override
            OneState<PrepareAnswer> newPromises(NodeId sender, Gathering<PrepareAnswer> whole) {
                return new OneState<>(this, sender, whole) {
                    @Override
                    boolean isEnough(Ballot ballot) {
                        return known() != null;
                    }

                    @Override
                    PrepareAnswer completed(PrepareAnswer answer) {
                        return answer.withState(known());
                    }
                };
            }
        });
    }

    /** Ballots that come without their states are passed over, as if nothing was accepted under them. */
    static SimulatedCluster.Variant ballotAlonePassedOver() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new Always(context) {
            @Override
            OneState<PrepareAnswer> newPromises(NodeId sender, Gathering<PrepareAnswer> whole) {
                return new OneState<>(this, sender, whole) {
                    @Override
                    boolean isEnough(Ballot ballot) {
                        return true;
                    }

                    @Override
                    PrepareAnswer completed(PrepareAnswer answer) {
                        return new PrepareAnswer(
                                answer.granted(), answer.promised(), Ballot.NONE, null, answer.floor());
                    }
                };
            }
        });
    }

    private static class Always extends StrongStore {
        Always(StoreContext context) {
            super(context);
        }

        @Override
        int largeStateBytes() {
            return 0;
        }
    }
}
