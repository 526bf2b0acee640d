package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.PolicyMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaLimits;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stores that a replica has recorded, each with its policy. The first record of a store counts,
 * unless a majority of the replicas has another one. A replica records stores before it may vote,
 * too.
 */
public final class StoreRecords {
    private final StoreQuota quota;
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final Identity identity;
    private Function<NodeId, Role> roles = caller -> Role.REPLICA;
    private PolicyCheck policyCheck = (store, then) -> then.accept("there are no other replicas to ask");

    StoreRecords(
            StoreQuota quota, ReplicaTables tables, JournalEntries entries, DurableAnswers answers, Identity identity) {
        this.quota = quota;
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.identity = identity;
    }

    /** Asks the other replicas. */
    interface PolicyCheck {
        /**
         * Whether a majority of all replicas has recorded a store so, which this one has recorded
         * under another policy.
         *
         * @param then called once: with null if that is so, otherwise with a text of what is known
         */
        void ask(StoreSpec store, Consumer<@Nullable String> then);
    }

    /** Sets how to find the role of a caller. By default all have that of a replica. */
    void askRoles(Function<NodeId, Role> asked) {
        roles = asked;
    }

    /**
     * Sets how to check the claim that a majority has recorded a store under another policy. By
     * default no such claim is believed.
     */
    void checkPolicies(PolicyCheck check) {
        policyCheck = check;
    }

    /** The store recorded under the number, or null. */
    @Nullable
    public StoreSpec find(long id) {
        return tables.stores.get(id);
    }

    /** All stores that are recorded. */
    public Collection<StoreSpec> all() {
        return List.copyOf(tables.stores.values());
    }

    public void open(NodeId caller, ReplicaMethods.Open request, Responder<Boolean> answer) {
        if (!answers.hasStorage(answer)) {
            return;
        }
        StoreSpec spec = request.store();
        StoreSpec known = tables.storesByName.get(spec.name());
        String problem = RequestChecks.problem(spec, tables.stores.get(spec.id()));
        if (problem != null) {
            answer.fail(new ReplicaRefusal(RefusalKind.WRONG_REQUEST, problem));
        } else if (roles.apply(caller) == Role.READER) {
            openAsReader(known, spec, answer);
        } else if (known == null) {
            if (isTaken(caller, spec, answer)) {
                record(spec, answer);
            }
        } else if (known.equals(spec)) {
            record(spec, answer);
        } else if (request.byMajority()) {
            policyCheck.ask(spec, doubt -> {
                if (doubt == null) {
                    record(spec, answer);
                } else {
                    refuse(known, spec, ": " + doubt, answer);
                }
            });
        } else {
            refuse(known, spec, "", answer);
        }
    }

    /**
     * Records a store that another replica has recorded, unless this one knows the name or the
     * number already, or has as many as it may. The quota of callers is for nodes that make stores.
     *
     * @return the position at which the store is durable; 0 if it is not recorded now
     */
    long learn(StoreSpec spec) {
        boolean isNew = !tables.storesByName.containsKey(spec.name()) && !tables.stores.containsKey(spec.id());
        if (!isNew || spec.problem() != null || tables.stores.size() >= ReplicaLimits.MAX_STORES) {
            return 0;
        }
        tables.store(spec);
        tables.namesPosition = answers.append(() -> entries.store(spec));
        return tables.namesPosition;
    }

    /**
     * Records a store that the group of replicas before this one has recorded. Its records come
     * with it, so a name that a new store could not have counts.
     *
     * @return whether it is recorded; if not, the request is refused
     */
    boolean take(StoreSpec spec, Responder<?> answer) {
        StoreSpec known = tables.storesByName.get(spec.name());
        String problem = RequestChecks.problem(spec, tables.stores.get(spec.id()));
        if (problem != null) {
            answer.fail(new ReplicaRefusal(RefusalKind.WRONG_REQUEST, problem));
        } else if (known == null && tables.stores.size() >= ReplicaLimits.MAX_STORES) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.TOO_MANY_STORES,
                    "the replica has " + ReplicaLimits.MAX_STORES + " stores, and accepts no more"));
        } else if (known == null) {
            tables.store(spec);
            tables.namesPosition = answers.append(() -> entries.store(spec));
        } else if (!known.equals(spec)) {
            refuse(known, spec, "", answer);
        }
        return spec.equals(tables.storesByName.get(spec.name()));
    }

    /** A reader opens stores that are recorded already, and records none. */
    private void openAsReader(@Nullable StoreSpec known, StoreSpec asked, Responder<Boolean> answer) {
        if (known == null) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.NOT_RECORDED,
                    "store \"" + asked.name()
                            + "\" is not recorded here, and a reader cannot record it: open it first at"
                            + " a node that may write"));
        } else if (known.equals(asked)) {
            record(asked, answer);
        } else {
            refuse(known, asked, "", answer);
        }
    }

    private static void refuse(StoreSpec known, StoreSpec asked, String why, Responder<?> answer) {
        answer.fail(new ReplicaRefusal(
                RefusalKind.OTHER_POLICY,
                "store \"" + asked.name() + "\" is recorded with policy \"" + known.policy() + "\", not \""
                        + asked.policy() + "\"" + why));
    }

    private void record(StoreSpec spec, Responder<Boolean> answer) {
        if (!answers.hasStorage(answer)) {
            return;
        }
        if (!spec.equals(tables.storesByName.get(spec.name()))) {
            tables.store(spec);
            tables.namesPosition = answers.append(() -> entries.store(spec));
        }
        answers.reply(tables.namesPosition, answer, true);
    }

    /** Answers another replica under which policy this one has recorded a store. */
    void answerPolicy(NodeId caller, PolicyMethod.Question question, Responder<PolicyMethod.Recorded> answer) {
        if (answers.hasStorage(answer) && identity.isReplica(caller, "ask one another for policies", answer)) {
            StoreSpec known = tables.storesByName.get(question.store());
            answers.reply(
                    tables.namesPosition, answer, new PolicyMethod.Recorded(known == null ? null : known.policy()));
        }
    }

    private boolean isTaken(NodeId caller, StoreSpec store, Responder<?> answer) {
        RuntimeException refusal = quota.refusal(caller, store, tables.stores.size());
        if (refusal == null) {
            quota.recorded(caller);
        } else {
            answer.fail(refusal);
        }
        return refusal == null;
    }
}
