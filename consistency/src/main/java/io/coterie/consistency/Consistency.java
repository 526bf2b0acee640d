package io.coterie.consistency;

import io.coterie.consistency.internal.eventual.EventualPolicy;
import io.coterie.consistency.internal.register.LimitedState;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.strong.StrongPolicy;
import io.coterie.replication.spi.StoreRules;
import java.util.Map;

/** The policies that the library brings. */
public final class Consistency {
    private Consistency() {}

    /**
     * Every operation is linearizable: it takes effect at one moment between its call and its end,
     * for all callers everywhere. An operation that the library tries again is applied at most
     * once.
     *
     * <p>Needs a majority of replicas, or {@linkplain StrongConsistency#quorums other quorums}. An
     * undisturbed operation takes one round trip to the second-fastest of three; the first change
     * of a key by a node, and one that meets a concurrent operation of another node, takes two or
     * more.
     *
     * <p>Source: Rystsov, CASPaxos: Replicated State Machines without logs, 2018.
     */
    public static StrongConsistency strong() {
        return StrongPolicy.INSTANCE;
    }

    /**
     * Writes and reads need one replica only, or {@linkplain EventualConsistency more}, so that
     * they work where any replica is reachable; a write goes to all. Of concurrent writes to a key
     * the one with the higher timestamp stays, the other is lost. A read may miss writes that are
     * in flight, and two reads may disagree; once links heal, a read repairs what it sees.
     *
     * <p>Timestamps come from a hybrid logical clock, so that they follow what a node has seen
     * whatever wall clocks do; between writes that do not know of one another the wall clocks
     * decide. A write is acknowledged by the first replica that has it: if that one has not seen an
     * older write yet, and the node's clock lags by more than the two are apart, the older one
     * stays. A clock that is off by a second to a minute is put right by those of most replicas as
     * soon as they are reached. Conditional operations are not supported.
     */
    public static EventualConsistency eventual() {
        return EventualPolicy.INSTANCE;
    }

    /**
     * The rules for what replicas take for stores of these policies, by the policies' names, to be
     * given to {@link io.coterie.replication.ReplicationOptions#withRules}. A replica without them
     * keeps whatever a node with a fault sends.
     */
    public static Map<String, StoreRules> rules() {
        return Map.of(
                StrongPolicy.INSTANCE.name(),
                StoreRules.registers(RegisterState::isState, LimitedState::of),
                EventualPolicy.INSTANCE.name(),
                StoreRules.versionedValues());
    }
}
