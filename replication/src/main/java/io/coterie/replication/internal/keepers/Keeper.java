package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.KeeperRecord;
import io.coterie.replication.internal.membership.Successors;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.replication.internal.wire.KeeperMethods.Instance;
import io.coterie.replication.internal.wire.KeeperMethods.Promise;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The acceptor of the configuration's register at one replica (Lamport, section 2.2). A promise or
 * an acceptance holds for one instance. What was promised for an earlier one is void, because its
 * configuration is chosen.
 */
final class Keeper {
    private final ConfigurationRecords records;
    private final Clock clock;
    private boolean hasServed;
    private long servedAt;

    Keeper(ConfigurationRecords records, Clock clock) {
        this.records = records;
        this.clock = clock;
    }

    /** Whether another node has made a proposal here within a time. */
    boolean heardOther(long withinNanos) {
        return hasServed && clock.nanos() - servedAt < withinNanos;
    }

    private void heard(NodeId caller) {
        if (!caller.equals(records.self().node())) {
            hasServed = true;
            servedAt = clock.nanos();
        }
    }

    void prepare(NodeId caller, KeeperMethods.Prepare request, Responder<Promise> answer) {
        if (!serves(caller, request.instance(), answer)) {
            return;
        }
        heard(caller);
        KeeperRecord known = records.keeper();
        if (known.allows(request.ballot()) && !known.promised().equals(request.ballot())) {
            records.keep(known.promising(request.ballot()));
        }
        KeeperRecord now = records.keeper();
        boolean founds = request.instance().base() == 0;
        records.reply(
                answer,
                new Promise(
                        records.self().incarnation(),
                        records.witness(),
                        founds ? records.remembered() : List.of(),
                        now.promised(),
                        now.accepted(),
                        now.configuration()));
    }

    void accept(NodeId caller, KeeperMethods.Accept request, Responder<Ballot> answer) {
        if (!serves(caller, request.instance(), answer)) {
            return;
        }
        String problem = problem(request.configuration());
        if (problem != null) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.WRONG_REQUEST,
                    "configuration " + request.configuration().epoch() + ": " + problem));
            return;
        }
        KeeperRecord known = records.keeper();
        if (known.allows(request.ballot()) && !known.accepted().equals(request.ballot())) {
            records.keep(known.accepting(request.ballot(), request.configuration()));
        }
        records.reply(answer, records.keeper().promised());
    }

    private @Nullable String problem(Configuration next) {
        Configuration adopted = records.adopted();
        if (adopted == null) {
            return next.epoch() == 1 ? null : "it is not genesis";
        }
        return Successors.problem(adopted, next);
    }

    /** Whether this replica is a keeper of the instance; if not, the request is refused. */
    private boolean serves(NodeId caller, Instance instance, Responder<?> answer) {
        if (!records.hasStorage(answer)) {
            return false;
        }
        Configuration adopted = records.adopted();
        if (instance.base() != records.epoch()) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.OTHER_EPOCH,
                    "this replica has adopted epoch " + records.epoch() + ", and the request rests on epoch "
                            + instance.base()));
            return false;
        }
        if (adopted == null) {
            return records.hasSameReplicas(caller, instance.replicas(), answer);
        }
        if (instance.incarnation() != records.self().incarnation() || !adopted.isKeeper(records.self())) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.OTHER_INCARNATION, "this is " + records.self() + ", and no keeper of that name"));
            return false;
        }
        if (!records.votes()) {
            answer.fail(new ReplicaRefusal(RefusalKind.NOT_VOTING, "this replica does not vote yet"));
            return false;
        }
        return true;
    }
}
