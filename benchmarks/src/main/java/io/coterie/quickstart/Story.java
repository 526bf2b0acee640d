package io.coterie.quickstart;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Prints what happens, line by line, each with the seconds since the beginning. */
@SuppressWarnings(
        "AnnotateFormatMethod") // The annotation would be a dependency for two methods that only this package calls.
final class Story {
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long begin = System.nanoTime();

    void begin(String title) {
        System.out.println();
        System.out.println(title);
    }

    /** Begins a chapter. */
    void chapter(String format, Object... args) {
        System.out.println();
        print(format, args);
    }

    void print(String format, Object... args) {
        double seconds = (System.nanoTime() - begin) / NANOS_PER_SECOND;
        System.out.println(String.format(Locale.ROOT, "%5.1f s  ", seconds) + String.format(Locale.ROOT, format, args));
    }

    void progress(Meter.Reading reading) {
        if (reading.perSecond() == 0) {
            print("       0 operations/s");
        } else {
            print(
                    "%,8d operations/s   p50 %s   p99 %s   longest %s",
                    reading.perSecond(), millis(reading.p50()), millis(reading.p99()), millis(reading.longest()));
        }
    }

    /** Seven characters, if it is below ten seconds. */
    static String millis(long nanos) {
        double millis = nanos / NANOS_PER_MILLI;
        return String.format(Locale.ROOT, millis < 100 ? "%4.1f ms" : "%4.0f ms", millis);
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / NANOS_PER_SECOND);
    }
}
