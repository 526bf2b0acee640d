package io.coterie.replication.internal.change;

import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.MemberState;
import io.coterie.replication.internal.membership.Successors;
import io.coterie.replication.internal.quorum.StoreQuorums;
import io.coterie.replication.internal.wire.MemberMethods;
import io.coterie.replication.internal.wire.MemberMethods.Identity;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a change before it begins. Under the joint configuration a majority of both groups is
 * needed, so enough members of both must answer first, and the newcomer, whose incarnation is not
 * known before it has.
 */
final class Preparation {
    private final RpcNode node;
    private final Configuration now;
    private final ChangeRequest request;
    private final MemberId self;
    private final StoreQuorums quorums;
    private final long attemptNanos;
    private final long deadline;
    private final Result result;
    private final Map<NodeId, Identity> answers = new LinkedHashMap<>();
    private final Set<NodeId> asked = new HashSet<>();
    private final Map<NodeId, String> failures = new LinkedHashMap<>();
    private final Repetition attempts;
    private boolean over;

    /** Gets the outcome, once. */
    interface Result {
        void prepared(Configuration joint);

        void refused(ChangeRefusedException refusal);
    }

    /**
     * @param self this node's replica, a member
     * @param quorums those of the stores, which both groups must allow
     * @param deadline until when the others may answer, as a reading of the clock
     */
    Preparation(
            RpcNode node,
            Configuration now,
            ChangeRequest request,
            MemberId self,
            StoreQuorums quorums,
            long attemptNanos,
            long deadline,
            Result result) {
        this.node = node;
        this.now = now;
        this.request = request;
        this.self = self;
        this.quorums = quorums;
        this.attemptNanos = attemptNanos;
        this.deadline = deadline;
        this.result = result;
        this.attempts = new Repetition(node.world().scheduler(), attemptNanos, this::attempt);
    }

    ChangeRequest request() {
        return request;
    }

    void start() {
        String wrong = now.isMoving() ? "another change is running: await its end, or abort it" : null;
        if (wrong != null) {
            refuse(Reason.ANOTHER_CHANGE, wrong);
        } else if (isPossible()) {
            reachNewcomer();
            attempts.guard(this::attempt);
        }
    }

    private void reachNewcomer() {
        Newcomer newcomer = request.newcomer();
        if (newcomer != null
                && !newcomer.address().isEmpty()
                && !newcomer.node().equals(node.self())) {
            node.loop().setPeer(newcomer.node(), HostPort.parse(newcomer.address()));
        }
    }

    private boolean isPossible() {
        NodeId leaving = request.leaving();
        Newcomer newcomer = request.newcomer();
        if (leaving != null && now.named(leaving).isEmpty()) {
            return refuse(Reason.UNKNOWN_MEMBER, leaving + " is no member: the members are " + names());
        }
        if (leaving != null && newcomer == null && now.members().size() == 1) {
            return refuse(
                    Reason.LAST_MEMBER, leaving + " is the last member: close it, if the cluster is to end with it");
        }
        if (newcomer == null) {
            return true;
        }
        boolean takesOver = newcomer.node().equals(leaving);
        if (!takesOver && !now.named(newcomer.node()).isEmpty()) {
            return refuse(
                    Reason.NAME_IN_USE, newcomer.node() + " is a member already: give the newcomer a name of its own");
        }
        for (Member member : now.members()) {
            boolean stays = !member.id().node().equals(leaving);
            if (stays && !newcomer.address().isEmpty() && member.address().equals(newcomer.address())) {
                return refuse(
                        Reason.ADDRESS_IN_USE,
                        newcomer.address() + " is the address of member "
                                + member.id().node() + ": give that of the newcomer");
            }
        }
        return true;
    }

    private String names() {
        return String.join(
                ", ",
                now.members().stream().map(member -> member.id().node().name()).toList());
    }

    private void attempt() {
        if (over) {
            return;
        }
        answers.put(self.node(), new Identity(self.incarnation(), now.cluster(), now.epoch()));
        now.members().forEach(member -> ask(member.id().node()));
        Newcomer newcomer = request.newcomer();
        if (newcomer != null) {
            ask(newcomer.node());
        }
        decide();
        if (!over) {
            attempts.in(attemptNanos);
        }
    }

    private void ask(NodeId other) {
        if (answers.containsKey(other) || !asked.add(other)) {
            return;
        }
        node.loop().send(other, MemberMethods.IDENTITY, true, attemptNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, Identity identity) {
                asked.remove(peer);
                answers.put(peer, identity);
                attempts.guard(Preparation.this::decide);
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                asked.remove(peer);
                failures.put(peer, String.valueOf(failure.getMessage()));
                attempts.guard(Preparation.this::decide);
            }
        });
    }

    private void decide() {
        if (over) {
            return;
        }
        boolean isLast = deadline - node.world().clock().nanos() <= 0;
        Newcomer newcomer = request.newcomer();
        Identity identity = newcomer == null ? null : answers.get(newcomer.node());
        if (newcomer != null && identity == null) {
            if (isLast) {
                refuse(
                        Reason.NEWCOMER_SILENT,
                        newcomer.node() + " does not answer (" + failures.getOrDefault(newcomer.node(), "no answer yet")
                                + "): start it with the members in its list, and check its address");
            }
            return;
        }
        if (identity != null && identity.cluster() != 0 && identity.cluster() != now.cluster()) {
            refuse(
                    Reason.OTHER_CLUSTER,
                    request.newcomer() + " belongs to another cluster of the same name: give it an empty directory");
            return;
        }
        if (isMissed(isLast)) {
            return;
        }
        Configuration joint = joint(identity);
        if (joint != null && isUndefined(joint)) {
            return;
        }
        if (joint != null && hasQuorums(joint, isLast)) {
            over = true;
            attempts.cancel();
            result.prepared(joint);
        }
    }

    /** Whether the member that goes is one that would be missed, or it is not known yet. */
    private boolean isMissed(boolean isLast) {
        NodeId leaving = request.leaving();
        Newcomer newcomer = request.newcomer();
        if (leaving == null || newcomer == null || newcomer.node().equals(leaving) || request.force()) {
            return false;
        }
        Identity answer = answers.get(leaving);
        if (answer != null && now.find(new MemberId(leaving, answer.incarnation())) != null) {
            refuse(
                    Reason.MEMBER_ALIVE,
                    leaving + " is alive. To move what it has while it is alive, add " + newcomer.node()
                            + " first, and remove " + leaving + " then; or force the replacement");
            return true;
        }
        return answer == null && !failures.containsKey(leaving) && !isLast;
    }

    private @Nullable Configuration joint(@Nullable Identity identity) {
        NodeId leaving = request.leaving();
        Newcomer newcomer = request.newcomer();
        Member coming = newcomer == null || identity == null
                ? null
                : new Member(
                        new MemberId(newcomer.node(), identity.incarnation()),
                        newcomer.address(),
                        "",
                        MemberState.ACTIVE);
        try {
            return Successors.begin(
                    now, leaving == null ? null : now.named(leaving).get(0).id(), coming);
        } catch (IllegalArgumentException e) {
            refuse(Reason.UNKNOWN_MEMBER, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private boolean isUndefined(Configuration joint) {
        String problem = quorums.problem(joint.placement().next().stream()
                .map(member -> member.id().node().name())
                .toList());
        return problem != null && refuse(Reason.QUORUMS_UNDEFINED, problem);
    }

    private boolean hasQuorums(Configuration joint, boolean isLast) {
        List<GroupMember> group = joint.placement().group();
        List<GroupMember> next = joint.placement().next();
        int spare = alive(next) - Quorums.majority(next.size());
        if (alive(group) >= Quorums.majority(group.size()) && spare >= 0) {
            String store = quorums.immovable(ids(group), ids(next), aliveIds(joint));
            if (store != null) {
                return isLast
                        && refuse(
                                Reason.NO_QUORUM,
                                "too few answer, " + answers.keySet() + ", for the quorums of store \"" + store
                                        + "\" before and after the change: start those that are down, and ask again. "
                                        + failures);
            }
            boolean removes = request.newcomer() == null;
            boolean allKnown =
                    answers.size() + failures.size() >= joint.members().size();
            if (!removes || request.force() || spare > 0) {
                return true;
            }
            if (!allKnown && !isLast) {
                return false;
            }
            return refuse(
                    Reason.NO_VOTE_TO_SPARE,
                    "without " + request.leaving() + ", of the " + next.size() + " members that are left "
                            + Quorums.majority(next.size()) + " are needed and " + alive(next)
                            + " answer, so none could fail any longer. Add a member first, or force the removal");
        }
        return isLast
                && refuse(
                        Reason.NO_QUORUM,
                        "too few answer, " + answers.keySet()
                                + ", for a majority before and after the change: start those"
                                + " that are down, and ask again. " + failures);
    }

    private int alive(List<GroupMember> members) {
        return (int) members.stream().map(GroupMember::id).filter(this::isAlive).count();
    }

    private List<MemberId> aliveIds(Configuration joint) {
        return joint.members().stream().map(Member::id).filter(this::isAlive).toList();
    }

    private boolean isAlive(MemberId member) {
        Identity answer = answers.get(member.node());
        return answer != null && answer.incarnation() == member.incarnation();
    }

    private static List<MemberId> ids(List<GroupMember> group) {
        return group.stream().map(GroupMember::id).toList();
    }

    /** Always returns false. */
    private boolean refuse(Reason reason, String text) {
        over = true;
        attempts.cancel();
        Newcomer newcomer = request.newcomer();
        if (newcomer != null
                && !newcomer.address().isEmpty()
                && now.named(newcomer.node()).isEmpty()) {
            node.loop().removePeer(newcomer.node());
        }
        result.refused(new ChangeRefusedException(reason, request + ": " + text));
        return false;
    }
}
