package io.coterie.replication.internal.membership;

import io.coterie.replication.internal.membership.Configuration.Range;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The bytes of a configuration, as messages and journals have it. Members are listed once, and
 * named by their place in that list afterwards.
 */
public final class ConfigurationFormat {
    private static final int VERSION = 1;

    private ConfigurationFormat() {}

    public static void write(Configuration configuration, ByteWriter out) {
        List<MemberId> ids = configuration.members().stream().map(Member::id).toList();
        out.putByte(VERSION).putLong(configuration.cluster()).putLong(configuration.epoch());
        out.putByte(ids.size());
        for (Member member : configuration.members()) {
            out.putBlock(utf8(member.id().node().name())).putLong(member.id().incarnation());
            out.putBlock(utf8(member.address())).putBlock(utf8(member.zone()));
            out.putByte(member.state().code());
        }
        out.putByte(configuration.keepers().size());
        configuration.keepers().forEach(keeper -> out.putByte(ids.indexOf(keeper)));
        out.putInt(configuration.partitions()).putInt(configuration.ranges().size());
        for (Range range : configuration.ranges()) {
            out.putInt(range.count()).putLong(range.placement().since());
            write(range.placement().group(), ids, out);
            write(range.placement().next(), ids, out);
        }
    }

    private static void write(List<GroupMember> group, List<MemberId> ids, ByteWriter out) {
        out.putByte(group.size());
        group.forEach(member -> out.putByte(ids.indexOf(member.id())).putLong(member.joined()));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the bytes are no configuration
     */
    public static Configuration read(ByteBuffer in) {
        int version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "a configuration of format " + version + ": this version reads " + VERSION);
        }
        long cluster = in.getLong();
        long epoch = in.getLong();
        List<Member> members = list(in, in.get() & 0xFF, ConfigurationFormat::readMember);
        List<MemberId> ids = members.stream().map(Member::id).toList();
        List<MemberId> keepers = list(in, in.get() & 0xFF, bytes -> id(bytes, ids));
        int partitions = in.getInt();
        List<Range> ranges = list(in, in.getInt(), bytes -> readRange(bytes, ids));
        return new Configuration(cluster, epoch, members, keepers, partitions, ranges);
    }

    private static Member readMember(ByteBuffer in) {
        MemberId id = new MemberId(NodeId.of(text(in)), in.getLong());
        return new Member(id, text(in), text(in), MemberState.ofCode(in.get()));
    }

    private static Range readRange(ByteBuffer in, List<MemberId> ids) {
        int count = in.getInt();
        long since = in.getLong();
        List<GroupMember> group = list(in, in.get() & 0xFF, bytes -> new GroupMember(id(bytes, ids), bytes.getLong()));
        List<GroupMember> next = list(in, in.get() & 0xFF, bytes -> new GroupMember(id(bytes, ids), bytes.getLong()));
        return new Range(count, new Placement(since, group, next));
    }

    private static MemberId id(ByteBuffer in, List<MemberId> ids) {
        int index = in.get() & 0xFF;
        if (index >= ids.size()) {
            throw new IllegalArgumentException("member " + index + " of " + ids.size());
        }
        return ids.get(index);
    }

    private static <T> List<T> list(ByteBuffer in, int count, Function<ByteBuffer, T> read) {
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException(count + " parts in " + in.remaining() + " bytes");
        }
        List<T> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(read.apply(in));
        }
        return all;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer in) {
        return Codec.utf8().decode(ByteBuffer.wrap(ByteReaders.readBlock(in)));
    }
}
