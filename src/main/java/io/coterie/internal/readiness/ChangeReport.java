package io.coterie.internal.readiness;

import io.coterie.MemberChange;
import io.coterie.Status;
import io.coterie.replication.internal.change.ChangeRequest;
import io.coterie.replication.internal.change.Changes;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Placement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the change of the members that is running. Only to be used on the loop.
 *
 * @param changes the replica's part in it; null for a client
 */
record ChangeReport(@Nullable Changes changes) {
    /**
     * The status of the change; null if none is running.
     *
     * @param known the configuration that this node has adopted; null for none
     */
    Status.@Nullable ChangeStatus of(@Nullable Configuration known) {
        Changes own = changes;
        if (known != null && known.isMoving()) {
            var progress = own == null ? null : own.progress();
            return new Status.ChangeStatus(
                    what(known.placement()),
                    MemberChange.Phase.TRANSFERRING,
                    progress == null
                            ? null
                            : new MemberChange.Progress(
                                    progress.keysInAll(), progress.keysDone(), progress.bytes(), progress.timeLeft()));
        }
        ChangeRequest preparing = own == null ? null : own.preparing();
        return preparing == null
                ? null
                : new Status.ChangeStatus(preparing.toString(), MemberChange.Phase.PREPARING, null);
    }

    private static String what(Placement moving) {
        List<MemberId> before = ids(moving.group());
        List<MemberId> after = ids(moving.next());
        String leaving = names(before, after);
        String coming = names(after, before);
        if (leaving.equals(coming)) {
            return coming + " takes the place of its lost records";
        }
        if (leaving.isEmpty()) {
            return "add " + coming;
        }
        return coming.isEmpty() ? "remove " + leaving : "replace " + leaving + " by " + coming;
    }

    private static List<MemberId> ids(List<GroupMember> group) {
        return group.stream().map(GroupMember::id).toList();
    }

    private static String names(List<MemberId> those, List<MemberId> without) {
        return String.join(
                ", ",
                those.stream()
                        .filter(id -> !without.contains(id))
                        .map(id -> id.node().name())
                        .toList());
    }
}
