package io.coterie.consistency.internal.scan;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.error.NodeClosedException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The scans of a strong store that are in flight. */
public final class Scans {
    private final StoreContext context;
    private final NodeReplication replication;
    private final PolicyStore store;
    private final ConsensusRules rules;
    private final ConnectionGate gate;
    private final Set<ScanRound> inFlight = new LinkedHashSet<>();
    private boolean ended;

    public Scans(StoreContext context, PolicyStore store, ConsensusRules rules) {
        this.context = context;
        this.replication = NodeReplication.of(context.loop());
        this.store = store;
        this.rules = rules;
        this.gate = ConnectionGate.ofQuorums(replication, context.store().id());
    }

    public void begin(KeyRange range, int limit, long deadline, ScanCompletion completion) {
        if (ended) {
            completion.fail(new NodeClosedException("the store is closed", false));
            return;
        }
        ScanRound round = new ScanRound(this, rules, range, limit, deadline, completion);
        inFlight.add(round);
        round.start();
    }

    /** Ends all of them. */
    public void end() {
        ended = true;
        gate.clear();
        List.copyOf(inFlight).forEach(round -> round.fail(new NodeClosedException("the node was closed", false)));
    }

    void over(ScanRound round) {
        inFlight.remove(round);
        gate.leave(round);
    }

    /** The gate that a scan passes before it asks anyone. */
    ConnectionGate gate() {
        return gate;
    }

    Voters voters() {
        return replication.voters(storeId());
    }

    NodeReplication replication() {
        return replication;
    }

    PolicyStore store() {
        return store;
    }

    long storeId() {
        return context.store().id();
    }

    String storeName() {
        return context.store().name();
    }
}
