package io.coterie.replication.internal.membership;

import io.coterie.rpc.node.NodeId;
import java.util.Arrays;
import java.util.List;

/** Configurations for tests. */
public final class Configurations {
    /** Of two members, one of which is to be replaced by a third. */
    public static final Configuration SAMPLE = Successors.begin(genesis("a", "b"), id("b"), member("c"));

    /** Its bytes. */
    public static final String BYTES = "01" + "0000000000000009" + "0000000000000002"
            + "03"
            + "00000001" + "61" + "0000000000000061" + "00000003" + "613a31" + "00000001" + "7a" + "01"
            + "00000001" + "62" + "0000000000000062" + "00000003" + "623a31" + "00000001" + "7a" + "02"
            + "00000001" + "63" + "0000000000000063" + "00000003" + "633a31" + "00000001" + "7a" + "01"
            + "02" + "00" + "01"
            + "00000001" + "00000001"
            + "00000001" + "0000000000000002"
            + "02" + "00" + "0000000000000001" + "01" + "0000000000000001"
            + "02" + "00" + "0000000000000001" + "02" + "0000000000000002";

    private Configurations() {}

    /** A member whose incarnation is the number of the first letter of its name. */
    public static MemberId id(String name) {
        return new MemberId(NodeId.of(name), name.charAt(0));
    }

    public static Member member(String name) {
        return new Member(id(name), name + ":1", "z", MemberState.ACTIVE);
    }

    /** Of members with these names. */
    public static Configuration genesis(String... names) {
        List<Member> members = Arrays.stream(names).map(Configurations::member).toList();
        return Configuration.genesis(9, members, 1);
    }
}
