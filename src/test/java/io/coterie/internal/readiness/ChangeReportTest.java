package io.coterie.internal.readiness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.coterie.MemberChange.Phase;
import io.coterie.Status;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.MemberState;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A client, which takes no part in a change, reports it from the configuration. */
class ChangeReportTest {
    @Test
    void aChangeIsNamedByWhoComesAndGoes() {
        assertEquals("add d: transferring", report("a1 b1", "a1 b1 d1"));
        assertEquals("remove b: transferring", report("a1 b1", "a1"));
        assertEquals("replace b by d: transferring", report("a1 b1", "a1 d1"));
        assertEquals("b takes the place of its lost records: transferring", report("a1 b1", "a1 b2"));
    }

    @Test
    void withoutAChangeThereIsNone() {
        assertNull(new ChangeReport(null).of(null));
        assertNull(new ChangeReport(null).of(configuration("a1 b1", "")));
    }

    @Test
    void progressIsShownWhereItIsKnown() {
        assertEquals(
                "add d: transferring, 3 of about 4 keys so far, 90 bytes, about 7 s left",
                new Status.ChangeStatus(
                                "add d",
                                Phase.TRANSFERRING,
                                new io.coterie.MemberChange.Progress(4, 3, 90, Optional.of(Duration.ofSeconds(7))))
                        .toString());
    }

    private static String report(String group, String next) {
        Status.@Nullable ChangeStatus change = new ChangeReport(null).of(configuration(group, next));
        return String.valueOf(change);
    }

    private static Configuration configuration(String group, String next) {
        List<MemberId> before = ids(group);
        List<MemberId> after = ids(next);
        List<MemberId> all = new ArrayList<>(before);
        after.stream().filter(id -> !before.contains(id)).forEach(all::add);
        List<Member> members = all.stream()
                .map(id -> new Member(
                        id, "", "", after.isEmpty() || after.contains(id) ? MemberState.ACTIVE : MemberState.LEAVING))
                .toList();
        Placement placement = new Placement(2, group(before, 1), group(after, 2));
        return new Configuration(7, 2, members, before, 1, List.of(new Configuration.Range(1, placement)));
    }

    private static List<GroupMember> group(List<MemberId> ids, long joined) {
        return ids.stream().map(id -> new GroupMember(id, joined)).toList();
    }

    /** Each is a letter and the digit of its incarnation. */
    private static List<MemberId> ids(String text) {
        return Stream.of(text.split(" "))
                .filter(one -> !one.isEmpty())
                .map(one -> new MemberId(NodeId.of(one.substring(0, 1)), Long.parseLong(one.substring(1))))
                .toList();
    }
}
