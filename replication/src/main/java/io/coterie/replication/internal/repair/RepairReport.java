package io.coterie.replication.internal.repair;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.HybridClock;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.node.NodeId;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;

/** Prints what {@link RepairSteps#look} has found, for an operator. */
final class RepairReport {
    /** The most keys that are printed one by one. */
    static final int MAX_KEYS = 200;

    private final PrintStream out;
    private final long wallMillis;

    RepairReport(PrintStream out, long wallMillis) {
        this.out = out;
        this.wallMillis = wallMillis;
    }

    void print(FarBallots far) {
        out.println("The clock of this machine says " + Instant.ofEpochMilli(wallMillis)
                + ". The repair relies on it: check that it is right.");
        out.println("Ballots up to " + Instant.ofEpochMilli(HybridClock.millis(far.bound())) + " are in bounds.");
        far.keys().entrySet().stream().limit(MAX_KEYS).forEach(entry -> print(far, entry.getKey(), entry.getValue()));
        if (far.keys().size() > MAX_KEYS) {
            out.println("... and " + (far.keys().size() - MAX_KEYS) + " more keys");
        }
        far.floors().forEach((store, floors) -> {
            out.println("store " + store(far, store) + ", all absent keys: " + state(far.isStuck(floors)));
            floors.forEach((replica, floor) -> out.println("  " + replica + ": floor " + ballot(floor)));
        });
        long stuck = far.keys().values().stream().filter(far::isStuck).count()
                + far.floors().values().stream().filter(far::isStuck).count();
        out.println("Out of bounds: " + far.keys().size() + " keys and "
                + far.floors().size() + " floors, of which " + stuck + " are stuck.");
    }

    private void print(FarBallots far, RecordKey key, FarKey found) {
        out.println(
                "store " + store(far, key.store()) + ", key " + text(key.bytes()) + ": " + state(far.isStuck(found)));
        for (Map.Entry<NodeId, FarKey.Copy> copy : found.copies().entrySet()) {
            out.println("  " + copy.getKey() + ": promised "
                    + ballot(copy.getValue().promised()) + ", accepted "
                    + ballot(copy.getValue().accepted()));
        }
    }

    private static String state(boolean stuck) {
        return stuck ? "stuck: no change is possible" : "usable, with ballots of its own";
    }

    private static String store(FarBallots far, long store) {
        StoreSpec spec = far.stores().get(store);
        return spec == null
                ? "number " + Long.toHexString(store)
                : text(spec.name().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The bytes as text if all of them are printable ASCII, which can hide nothing; otherwise in
     * hexadecimal.
     */
    private static String text(byte[] bytes) {
        for (byte each : bytes) {
            if (each < ' ' || each > '~') {
                return "0x" + HexFormat.of().formatHex(bytes);
            }
        }
        return "\"" + new String(bytes, StandardCharsets.US_ASCII) + "\"";
    }

    private String ballot(Ballot ballot) {
        long lead = HybridClock.millis(ballot.counter()) - wallMillis;
        return lead <= BallotClock.MAX_LEAD.toMillis()
                ? ballot.toString()
                : ballot + " (" + Duration.ofMillis(lead).toDays() + " days ahead)";
    }
}
