package io.coterie.replication.internal.change;

import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.keepers.NodeConfiguration;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Successors;
import io.coterie.replication.internal.quorum.StoreQuorums;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.transfer.FullRound;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.internal.wire.MemberMethods;
import io.coterie.replication.internal.wire.MemberMethods.Identity;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in changes of the members: it begins those that it is asked for, drives them,
 * and takes over those whose driver is gone.
 */
public final class Changes {
    private static final Logger log = LoggerFactory.getLogger(Changes.class);

    private static final long PREPARATION_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PROPOSAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RpcNode node;
    private final NodeConfiguration configuration;
    private final ConfigurationRecords records;
    private final StoreQuorums quorums;
    private final long attemptNanos;
    private final RunningChange running;
    private final Spares spares;
    private @Nullable Preparation preparation;
    private @Nullable ChangeListener listener;

    /** A request that waits until this node has looked for a newer configuration. */
    private @Nullable Runnable waiting;

    private final Repetition looks;

    /** @param fullRound settles keys on which too few members agree */
    public Changes(
            RpcNode node,
            NodeConfiguration configuration,
            ConfigurationRecords records,
            StoreQuorums quorums,
            FullRound fullRound,
            TransferLimits limits,
            long attemptNanos) {
        this.node = node;
        this.configuration = configuration;
        this.records = records;
        this.quorums = quorums;
        this.attemptNanos = attemptNanos;
        this.spares = new Spares(node, records);
        this.looks = new Repetition(node.world().scheduler(), attemptNanos, this::looked);
        this.running = new RunningChange(
                node,
                records,
                joint -> new Driver(node, configuration, records, joint, quorums, fullRound, limits),
                this::ended);
    }

    /** Serves the methods, and takes part from now on. */
    public void start() {
        node.serveInline(MemberMethods.IDENTITY, (caller, request, answer) -> {
            Configuration adopted = records.adopted();
            records.reply(
                    answer,
                    new Identity(
                            records.joining().incarnation(), adopted == null ? 0 : adopted.cluster(), records.epoch()));
        });
        node.serveInline(MemberMethods.PROGRESS, (caller, progress, answer) -> {
            running.heard(progress);
            answer.reply(true);
        });
        node.serveInline(MemberMethods.JOIN, (caller, join, answer) -> {
            if (records.hasStorage(answer)) {
                answer.reply(join(caller, join));
            }
        });
        spares.serve();
        configuration.current().onAdoption(running::adopted);
    }

    public void stop() {
        looks.cancel();
        running.stop();
    }

    /**
     * How far the change that is running is, as far as this node knows; null if there is none. May
     * be called by any thread.
     */
    public @Nullable ChangeProgress progress() {
        return running.progress();
    }

    /** The spares that this node knows. */
    public Spares spares() {
        return spares;
    }

    /** The change that this node prepares; null if there is none. Only to be called on the loop. */
    public @Nullable ChangeRequest preparing() {
        Preparation begun = preparation;
        return begun == null ? null : begun.request();
    }

    /** Begins a change, and drives it. */
    public void begin(ChangeRequest request, ChangeListener asking) {
        Configuration now = records.adopted();
        if (now == null || now.find(records.self()) == null || !records.votes()) {
            asking.ended(new ChangeRefusedException(
                    Reason.NO_MEMBER, request + ": this node is no voting member. Ask a member, once it votes"));
            return;
        }
        if (preparation != null || listener != null) {
            asking.ended(new ChangeRefusedException(
                    Reason.ANOTHER_CHANGE, request + ": another change is running: await its end, or abort it"));
            return;
        }
        if (now.isMoving() && waiting == null) {
            // That change may be over, and this node not know it yet.
            waiting = () -> begin(request, asking);
            configuration.seek();
            looks.in(attemptNanos);
            return;
        }
        Preparation begun = new Preparation(
                node,
                now,
                request,
                records.self(),
                quorums,
                attemptNanos,
                now() + PREPARATION_NANOS,
                new Preparation.Result() {
                    @Override
                    public void prepared(Configuration joint) {
                        propose(request, joint, asking);
                    }

                    @Override
                    public void refused(ChangeRefusedException refusal) {
                        preparation = null;
                        asking.ended(refusal);
                    }
                });
        preparation = begun;
        begun.start();
    }

    /**
     * Has this node's replica leave: it is removed, and the end is said once the members can do
     * without it.
     */
    public void leave(boolean force, ChangeListener asking) {
        begin(
                new ChangeRequest(node.self(), null, force),
                new Leaving(node, configuration.current(), attemptNanos, asking));
    }

    /** The request is checked now, also if the change is still running. */
    private void looked() {
        Runnable request = waiting;
        if (request != null) {
            request.run();
            waiting = null;
        }
    }

    private void propose(ChangeRequest request, Configuration joint, ChangeListener asking) {
        configuration.propose(joint, now() + PROPOSAL_NANOS, problem -> {
            preparation = null;
            if (problem == null) {
                log.info("{}: the change of epoch {} is running", request, joint.epoch());
                asking.begun(joint.epoch());
                listener = asking;
                running.drive();
            } else {
                asking.ended(notChosen(Reason.ANOTHER_CHANGE, request.toString(), joint, problem));
            }
        });
    }

    /**
     * Has the keepers choose that the members stay as they were.
     *
     * @param then is called once: with null if the change is aborted, or with why it is not
     */
    public void abort(Consumer<@Nullable ChangeRefusedException> then) {
        Configuration now = records.adopted();
        if (now == null || !now.isMoving()) {
            then.accept(new ChangeRefusedException(
                    Reason.TOO_LATE, "abort: no change is running. What was made can be changed back"));
            return;
        }
        Configuration aborted = Successors.abort(now);
        configuration.propose(
                aborted,
                now() + PROPOSAL_NANOS,
                problem -> then.accept(problem == null ? null : notChosen(Reason.TOO_LATE, "abort", aborted, problem)));
    }

    /** A member has another address from now on. */
    public void move(NodeId name, String address, Consumer<@Nullable ChangeRefusedException> then) {
        Configuration now = records.adopted();
        List<Member> named = now == null ? List.of() : now.named(name);
        if (now == null || named.isEmpty()) {
            then.accept(new ChangeRefusedException(Reason.UNKNOWN_MEMBER, name + " is no member"));
            return;
        }
        Configuration moved = Successors.move(now, named.get(named.size() - 1).id(), address);
        configuration.propose(
                moved,
                now() + PROPOSAL_NANOS,
                problem -> then.accept(
                        problem == null ? null : notChosen(Reason.ANOTHER_CHANGE, "move " + name, moved, problem)));
    }

    /** @param late the reason where another configuration was chosen first */
    private ChangeRefusedException notChosen(Reason late, String asked, Configuration next, String problem) {
        boolean isLate = configuration.current().epoch() >= next.epoch();
        return new ChangeRefusedException(
                isLate ? late : Reason.NO_QUORUM,
                asked + ": " + problem + ". Look who the members are now, before you ask again");
    }

    /** A replica asks to become a member; returns what that waits for, as a human-readable text. */
    private String join(NodeId caller, MemberMethods.Join join) {
        Configuration now = records.adopted();
        MemberId newcomer = join.newcomer();
        if (now == null) {
            return "the cluster is not founded yet";
        }
        if (now.find(newcomer) != null) {
            return "it is a member, and adopts the configuration soon";
        }
        if (!caller.equals(newcomer.node()) || now.named(caller).isEmpty()) {
            return "it is no member: add it at one of the members";
        }
        if (now.isMoving()) {
            return "another change is running";
        }
        String address = join.address().isEmpty() ? now.named(caller).get(0).address() : join.address();
        ChangeRequest heal = new ChangeRequest(caller, new Newcomer(caller, address), false);
        begin(heal, new ChangeListener() {
            @Override
            public void begun(long epoch) {}

            @Override
            public void ended(@Nullable ChangeRefusedException refusal) {
                if (refusal != null) {
                    log.info(
                            "{} has lost its records, and is not a member again yet: {}", caller, refusal.getMessage());
                }
            }
        });
        return "it takes the place of its lost records";
    }

    /** @param failure why this node has taken the change back; null if it has not */
    private void ended(boolean made, @Nullable String failure) {
        ChangeListener asking = listener;
        listener = null;
        if (asking != null) {
            asking.ended(made ? null : takenBack(failure));
        }
    }

    private static ChangeRefusedException takenBack(@Nullable String failure) {
        return failure == null
                ? new ChangeRefusedException(
                        Reason.ABORTED, "the change was aborted: the members are as they were before")
                : new ChangeRefusedException(
                        Reason.MEMBER_FAILED, "the change was taken back, because a member failed: " + failure);
    }

    private long now() {
        return node.world().clock().nanos();
    }
}
