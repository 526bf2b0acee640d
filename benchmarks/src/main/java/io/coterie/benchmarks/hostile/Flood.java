package io.coterie.benchmarks.hostile;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;

/**
 * The requests of a client that means harm, or knows no better, and sends them without end. The
 * protocol forbids none of them. They are written by hand, as the library's own client sends none
 * like them.
 *
 * @param method the name of the requested method
 * @param inFlight how many requests are in flight to each replica at any time
 * @param request the bytes of a request by its number, from 0 on, behind those that say for which
 *     group and records it is
 */
record Flood(String method, int inFlight, LongFunction<byte[]> request) {
    /**
     * Costs a replica next to nothing: what is lost beside it is lost to the client's own process.
     */
    static final String REPORTS = "reports";

    private static final int SCANNED_KEYS = 1_000;
    private static final int READS = 1_000;
    private static final int WATCHES = 1_000;
    private static final int WATCHED_BYTES = 4 << 10;

    /**
     * The flood of that name.
     *
     * @param store the store of the good clients, strong
     * @param large a key of that store with a large value
     * @param replicas the names of all replicas in their order
     */
    static Flood of(String name, String store, byte[] large, String replicas) {
        long id = new StoreSpec(store, "strong").id();
        return switch (name) {
            case REPORTS -> new Flood("replica.report", 100, number -> new byte[] {1});
            case "scans" -> new Flood("replica.scan", 1_000, number -> scan(id));
            case "reads" -> new Flood("replica.read.batch", 50, reads(id, large));
            case "watches" -> new Flood("replica.watch", 2_000, number -> watch(id, new byte[WATCHED_BYTES], number));
            case "changes" -> new Flood("replica.watch", WATCHES, number -> watch(id, new byte[0], number % WATCHES));
            case "stores" -> new Flood("replica.open", 100, number -> open("flood-" + number));
            case "registrations" -> new Flood("replica.register", 100, number -> registration(replicas));
            default ->
                throw new IllegalArgumentException("disturbance \"" + name
                        + "\" is none of none, reports, scans, reads, watches, changes, stores,"
                        + " registrations");
        };
    }

    /** Whether a request begins with the group and the records that it is meant for. */
    boolean isAddressed() {
        return !method.equals("replica.report") && !method.equals("replica.register");
    }

    private static byte[] scan(long store) {
        return new ByteWriter()
                .putLong(store)
                .putBlock(new byte[0])
                .putBlock(new byte[0])
                .putInt(SCANNED_KEYS)
                .toByteArray();
    }

    /** The same message each time, with many requests in it. */
    private static LongFunction<byte[]> reads(long store, byte[] key) {
        byte[] one = new ByteWriter()
                .putLong(store)
                .putBlock(key)
                .putBytes(new byte[Ballot.BYTES])
                .toByteArray();
        ByteWriter all = new ByteWriter();
        for (int i = 0; i < READS; i++) {
            all.putBlock(one);
        }
        byte[] message = all.toByteArray();
        return number -> message;
    }

    private static byte[] watch(long store, byte[] prefix, long number) {
        return new ByteWriter()
                .putLong(store)
                .putBlock(prefix)
                .putByte(0)
                .putLong(number)
                .putLong(0)
                .putLong(0)
                .toByteArray();
    }

    private static byte[] open(String store) {
        return new ByteWriter()
                .putBlock(utf8(store))
                .putBlock(utf8("strong"))
                .putByte(0)
                .toByteArray();
    }

    private static byte[] registration(String replicas) {
        return new ByteWriter()
                .putBlock(utf8(replicas))
                .putLong(1)
                .putByte(0)
                .putByte(1)
                .putLong(1)
                .toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
