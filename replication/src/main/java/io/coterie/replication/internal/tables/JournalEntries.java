package io.coterie.replication.internal.tables;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.ConfigurationFormat;
import io.coterie.replication.internal.membership.KeeperRecord;
import io.coterie.replication.internal.wire.Fields;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;

/**
 * The layout of a replica's journal: each entry is the whole new state of what it names, so that
 * the last one counts.
 */
public final class JournalEntries {
    /** Gets each entry, in the order of writing. */
    interface Reader {
        void incarnation(long incarnation);

        void voting();

        void registration(NodeId peer, Remembered remembered);

        void start(long number);

        void store(StoreSpec spec);

        /** A whole acceptor. The reader may keep it. */
        void acceptor(Acceptor read);

        /** An acceptor of which the entry has the promise alone. The reader may keep it. */
        void promise(Acceptor read);

        void value(RecordKey key, VersionedValue value);

        void floor(long store, Ballot floor);

        void removed(RecordKey key, Ballot floor);

        void replicas(String names);

        void configuration(Configuration adopted);

        void keeper(KeeperRecord record);
    }

    private static final int INCARNATION = 1;
    private static final int VOTING = 2;
    private static final int REGISTRATION = 3;
    private static final int STORE = 4;
    private static final int ACCEPTOR = 5;
    private static final int PROMISE = 6;
    private static final int VALUE = 7;
    private static final int FLOOR = 8;
    private static final int REMOVED = 9;
    private static final int REPLICAS = 10;
    private static final int START = 11;
    private static final int REMEMBERED = 12;
    private static final int CONFIGURATION = 13;
    private static final int KEEPER = 14;

    private final ByteWriter out = new ByteWriter();

    /**
     * This replica's own incarnation: the first entry of any journal. Another one later on stands for
     * new records in place of all before.
     */
    public ByteBuffer incarnation(long incarnation) {
        return begin(INCARNATION).putLong(incarnation).view();
    }

    /** This replica may vote from now on. */
    public ByteBuffer voting() {
        return begin(VOTING).view();
    }

    /** The start of another replica that this one remembers. */
    public ByteBuffer registration(NodeId peer, Remembered remembered) {
        remembered.write(begin(REMEMBERED));
        return out.putBlock(Fields.utf8(peer.name())).view();
    }

    /** A start of this replica; each start has an entry. */
    public ByteBuffer start(long number) {
        return begin(START).putLong(number).view();
    }

    public ByteBuffer store(StoreSpec spec) {
        return begin(STORE)
                .putBlock(Fields.utf8(spec.name()))
                .putBlock(Fields.utf8(spec.policy()))
                .view();
    }

    /** A whole acceptor. */
    public ByteBuffer acceptor(RecordKey key, Acceptor acceptor) {
        key.write(begin(ACCEPTOR));
        acceptor.promised().write(out);
        acceptor.accepted().write(out);
        out.putOptionalBlock(acceptor.state());
        return out.view();
    }

    /** The promise of an acceptor whose accepted state is as before. */
    public ByteBuffer promise(RecordKey key, Ballot promised) {
        key.write(begin(PROMISE));
        promised.write(out);
        return out.view();
    }

    public ByteBuffer value(RecordKey key, VersionedValue value) {
        key.write(begin(VALUE));
        value.write(out);
        return out.view();
    }

    /** The promise of the absent keys of a store. */
    public ByteBuffer floor(long store, Ballot floor) {
        floor.write(begin(FLOOR).putLong(store));
        return out.view();
    }

    /**
     * A key is absent from now on. The entry has its store's new floor as well, so that neither is
     * ever durable without the other.
     */
    public ByteBuffer removed(RecordKey key, Ballot floor) {
        key.write(begin(REMOVED));
        floor.write(out);
        return out.view();
    }

    /** The names of all replicas, this one included. */
    public ByteBuffer replicas(String names) {
        return begin(REPLICAS).putBlock(Fields.utf8(names)).view();
    }

    /** A configuration that is known to be chosen. */
    public ByteBuffer configuration(Configuration adopted) {
        ConfigurationFormat.write(adopted, begin(CONFIGURATION));
        return out.view();
    }

    /** What this replica has promised and accepted as a keeper. */
    public ByteBuffer keeper(KeeperRecord record) {
        begin(KEEPER).putLong(record.base());
        record.promised().write(out);
        record.accepted().write(out);
        Configuration accepted = record.configuration();
        out.putByte(accepted == null ? 0 : 1);
        if (accepted != null) {
            ConfigurationFormat.write(accepted, out);
        }
        return out.view();
    }

    private static KeeperRecord readKeeper(ByteBuffer in) {
        long base = in.getLong();
        Ballot promised = Ballot.read(in);
        Ballot accepted = Ballot.read(in);
        return new KeeperRecord(base, promised, accepted, in.get() == 0 ? null : ConfigurationFormat.read(in));
    }

    /** Reads one entry. */
    static void read(ByteBuffer in, Reader reader) {
        int kind = in.get();
        switch (kind) {
            case INCARNATION -> reader.incarnation(in.getLong());
            case VOTING -> reader.voting();
            case REGISTRATION -> {
                long incarnation = in.getLong();
                reader.registration(NodeId.of(Fields.text(in)), new Remembered(incarnation, null));
            }
            case REMEMBERED -> {
                Remembered remembered = Remembered.read(in);
                reader.registration(NodeId.of(Fields.text(in)), remembered);
            }
            case START -> reader.start(in.getLong());
            case STORE -> reader.store(new StoreSpec(Fields.text(in), Fields.text(in)));
            case ACCEPTOR -> reader.acceptor(Acceptor.read(in));
            case PROMISE -> reader.promise(Acceptor.readPromise(in));
            case VALUE -> reader.value(RecordKey.read(in), VersionedValue.read(in));
            case FLOOR -> reader.floor(in.getLong(), Ballot.read(in));
            case REMOVED -> reader.removed(RecordKey.read(in), Ballot.read(in));
            case REPLICAS -> reader.replicas(Fields.text(in));
            case CONFIGURATION -> reader.configuration(ConfigurationFormat.read(in));
            case KEEPER -> reader.keeper(readKeeper(in));
            default ->
                throw new StorageException(
                        "the journal has an entry of kind " + kind
                                + ", which this version does not know. A later version wrote it: start that version",
                        false,
                        null);
        }
        if (in.hasRemaining()) {
            throw new StorageException(
                    "a journal entry of kind " + kind + " has " + in.remaining()
                            + " bytes too many: another version wrote it",
                    false,
                    null);
        }
    }

    private ByteWriter begin(int kind) {
        return out.clear().putByte(kind);
    }
}
