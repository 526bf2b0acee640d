package io.coterie.failuredetector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Recorded arrivals. A heartbeat arrives with the first recorded one after it was sent, so that
 * detectors with any interval can be compared. The record is repeated as often as needed.
 */
final class Trace {
    private final long[] arrivals;
    private final long length;

    private Trace(long[] arrivals) {
        this.arrivals = arrivals;
        this.length = arrivals[arrivals.length - 1];
    }

    /** One inter-arrival time in milliseconds a line; empty lines are skipped. */
    static Trace read(Path csv) throws IOException {
        return of(Files.readAllLines(csv).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .mapToDouble(Trace::millis)
                .toArray());
    }

    static Trace of(double... interArrivalMillis) {
        long[] arrivals = new long[interArrivalMillis.length];
        long time = 0;
        for (int i = 0; i < arrivals.length; i++) {
            time += (long) (interArrivalMillis[i] * 1e6);
            arrivals[i] = time;
        }
        if (time == 0) {
            throw new IllegalArgumentException("the trace has no inter-arrival time above 0 ms");
        }
        return new Trace(arrivals);
    }

    private static double millis(String line) {
        double millis = Double.parseDouble(line);
        if (!(millis >= 0 && millis <= 3_600_000)) {
            throw new IllegalArgumentException(line + " is not an inter-arrival time of 0 to 3,600,000 ms");
        }
        return millis;
    }

    long arrivalAfter(long sent) {
        long repeated = sent / length * length;
        int found = Arrays.binarySearch(arrivals, sent - repeated);
        int index = found >= 0 ? found : -found - 1;
        return repeated + arrivals[index];
    }
}
