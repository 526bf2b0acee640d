package io.coterie.replication.internal.change;

import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.internal.keepers.CurrentConfiguration;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.MemberMethods;
import io.coterie.replication.internal.wire.MemberMethods.Identity;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds back that this node has left until the others can do without it. The configuration without
 * it was chosen with its help: it was a keeper, and may be the only one that knows the choice. If
 * it closed at once, and one more member failed, the others could neither find out what was chosen
 * nor choose again. So a majority of the members must have the configuration in their journals.
 */
final class Leaving implements ChangeListener {
    private final RpcNode node;
    private final CurrentConfiguration current;
    private final long attemptNanos;
    private final ChangeListener asking;
    private final Set<MemberId> durable = new HashSet<>();
    private final Repetition questions;
    private @Nullable Configuration left;
    private boolean over;

    /** @param asking hears the end of the change once it no longer needs this node */
    Leaving(RpcNode node, CurrentConfiguration current, long attemptNanos, ChangeListener asking) {
        this.node = node;
        this.current = current;
        this.attemptNanos = attemptNanos;
        this.asking = asking;
        this.questions = new Repetition(node.world().scheduler(), attemptNanos, this::ask);
    }

    @Override
    public void begun(long epoch) {
        asking.begun(epoch);
    }

    @Override
    public void ended(@Nullable ChangeRefusedException refusal) {
        Configuration now = current.now();
        if (refusal != null || now == null) {
            asking.ended(refusal);
            return;
        }
        left = now;
        questions.guard(this::ask);
    }

    private void ask() {
        Configuration without = left;
        if (over || without == null) {
            return;
        }
        questions.in(attemptNanos);
        for (GroupMember member : without.placement().group()) {
            if (!durable.contains(member.id())) {
                ask(without, member.id());
            }
        }
    }

    private void ask(Configuration without, MemberId member) {
        node.loop().send(member.node(), MemberMethods.IDENTITY, true, attemptNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, Identity identity) {
                // It answers only once its configuration is durable.
                if (identity.incarnation() == member.incarnation()
                        && identity.cluster() == without.cluster()
                        && identity.epoch() >= without.epoch()) {
                    durable.add(member);
                    questions.guard(() -> endIfDurable(without.placement().group()));
                }
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                // It is asked again.
            }
        });
    }

    private void endIfDurable(List<GroupMember> group) {
        if (!over && durable.size() >= Quorums.majority(group.size())) {
            over = true;
            questions.cancel();
            asking.ended(null);
        }
    }
}
