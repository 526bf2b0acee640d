package io.coterie.replication.internal.wire;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a replica is asked for all that it has, page by page. */
public final class ListMethod {
    /** All that a request asks for. */
    public sealed interface Scope permits Cursor, OneKey {}

    /**
     * Where a page begins, in the order that all replicas have: by kind, then by place, then by
     * key.
     *
     * @param place the first place of the page, see {@link Listed#place}
     * @param after leaves out the keys at that place up to this one; null to leave out none
     */
    public record Cursor(
            ListKind kind, long place, @Nullable RecordKey after) implements Scope {
        public static final Cursor START = first(ListKind.STORES);

        /** Where a kind begins. */
        public static Cursor first(ListKind kind) {
            return new Cursor(kind, Long.MIN_VALUE, null);
        }

        /** Where a page begins that follows an entry. */
        public static Cursor behind(Listed entry) {
            if (entry.key() != null) {
                return new Cursor(entry.kind(), entry.place(), entry.key());
            }
            boolean last = entry.place() == Long.MAX_VALUE;
            return new Cursor(entry.kind(), last ? Long.MAX_VALUE : entry.place() + 1, null);
        }

        /** Whether an entry comes before this place, so that a page that begins here lacks it. */
        public boolean isBehind(Listed entry) {
            int order = entry.kind().compareTo(kind);
            order = order != 0 ? order : Long.compare(entry.place(), place);
            RecordKey key = entry.key();
            return order < 0 || (order == 0 && after != null && key != null && ListOrder.KEYS.compare(key, after) <= 0);
        }
    }

    /**
     * One key alone, of registers or of values. It is answered with what the replica has for it,
     * and for a register with the floor of its store.
     */
    public record OneKey(ListKind kind, RecordKey key) implements Scope {}

    /**
     * A request.
     *
     * @param since the epoch of the last change of the partition, as the caller knows it
     * @param incarnation the incarnation that the request is meant for
     * @param states whether to send states and values, or only ballots and timestamps
     * @param mostBytes about how many bytes an answer is to have at most, unless its only entry is
     *     larger
     */
    public record Request(long since, long incarnation, boolean states, int mostBytes, Scope scope) {}

    /**
     * An answer.
     *
     * @param stores those that the entries name, as far as they are recorded
     * @param entries in their order
     * @param next where the next page begins; null if this is the last
     */
    public record Page(
            List<StoreSpec> stores,
            List<Listed> entries,
            @Nullable Cursor next) {}

    /** The next of all that a replica has. */
    public static final RpcMethod<Request, Page> METHOD = new RpcMethod<>(
                    "replica.list",
                    Fields.codec(ListMethod::write, ListMethod::readRequest),
                    Fields.codec(ListMethod::write, ListMethod::readPage),
                    true)
            .allowedTo(Role.REPLICA);

    private static final int CURSOR = 0;
    private static final int ONE_KEY = 1;

    private static final int END = 0;
    private static final int BEHIND_LAST = 1;
    private static final int AT_CURSOR = 2;

    private ListMethod() {}

    private static void write(Request request, ByteWriter out) {
        out.putLong(request.since()).putLong(request.incarnation());
        Fields.putBoolean(request.states(), out);
        out.putInt(request.mostBytes());
        if (request.scope() instanceof Cursor cursor) {
            write(cursor, out.putByte(CURSOR));
        } else if (request.scope() instanceof OneKey one) {
            out.putByte(ONE_KEY).putByte(one.kind().code());
            one.key().write(out);
        }
    }

    private static Request readRequest(ByteBuffer in) {
        long since = in.getLong();
        long incarnation = in.getLong();
        boolean states = in.get() != 0;
        int mostBytes = in.getInt();
        int kind = in.get();
        Scope scope = switch (kind) {
            case CURSOR -> readCursor(in);
            case ONE_KEY -> new OneKey(ofKeys(ListKind.ofCode(in.get())), RecordKey.read(in));
            default -> throw new IllegalArgumentException("unknown kind of request " + kind);
        };
        return new Request(since, incarnation, states, mostBytes, scope);
    }

    private static ListKind ofKeys(ListKind kind) {
        if (!kind.hasKeys()) {
            throw new IllegalArgumentException("a key of kind " + kind);
        }
        return kind;
    }

    private static void write(Cursor cursor, ByteWriter out) {
        out.putByte(cursor.kind().code()).putLong(cursor.place());
        RecordKey after = cursor.after();
        Fields.putBoolean(after != null, out);
        if (after != null) {
            after.write(out);
        }
    }

    private static Cursor readCursor(ByteBuffer in) {
        ListKind kind = ListKind.ofCode(in.get());
        long place = in.getLong();
        return new Cursor(kind, place, in.get() == 0 ? null : RecordKey.read(in));
    }

    private static void write(Page page, ByteWriter out) {
        Fields.putStores(page.stores(), out);
        Cursor next = page.next();
        if (next == null) {
            out.putByte(END);
        } else if (!page.entries().isEmpty() && next.equals(Cursor.behind(lastOf(page.entries())))) {
            out.putByte(BEHIND_LAST);
        } else {
            write(next, out.putByte(AT_CURSOR));
        }
        page.entries().forEach(entry -> write(entry, out));
    }

    private static Page readPage(ByteBuffer in) {
        List<StoreSpec> stores = Fields.readStores(in);
        int howFar = in.get();
        if (howFar < END || howFar > AT_CURSOR) {
            throw new IllegalArgumentException("unknown kind of end " + howFar);
        }
        Cursor next = howFar == AT_CURSOR ? readCursor(in) : null;
        List<Listed> entries = new ArrayList<>();
        while (in.hasRemaining()) {
            entries.add(readEntry(in));
        }
        if (howFar == BEHIND_LAST && entries.isEmpty()) {
            throw new IllegalArgumentException("a page that ends behind its last entry, and has none");
        }
        return new Page(stores, entries, howFar == BEHIND_LAST ? Cursor.behind(lastOf(entries)) : next);
    }

    private static Listed lastOf(List<Listed> entries) {
        return entries.get(entries.size() - 1);
    }

    private static void write(Listed entry, ByteWriter out) {
        out.putByte(entry.kind().code());
        if (entry instanceof Listed.Store store) {
            Fields.putStore(store.spec(), out);
        } else if (entry instanceof Listed.Register register) {
            register.key().write(out);
            register.promised().write(out);
            register.accepted().write(out);
            out.putOptionalBlock(register.state());
        } else if (entry instanceof Listed.Value value) {
            value.key().write(out);
            value.value().write(out);
        } else if (entry instanceof Listed.Floor floor) {
            out.putLong(floor.store());
            floor.floor().write(out);
        }
    }

    private static Listed readEntry(ByteBuffer in) {
        return switch (ListKind.ofCode(in.get())) {
            case STORES -> new Listed.Store(Fields.readStore(in));
            case REGISTERS ->
                new Listed.Register(
                        RecordKey.read(in), Ballot.read(in), Ballot.read(in), ByteReaders.readOptionalBlock(in));
            case VALUES -> new Listed.Value(RecordKey.read(in), VersionedValue.read(in));
            case FLOORS -> new Listed.Floor(in.getLong(), Ballot.read(in));
        };
    }
}
