package io.coterie.chaos.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What was done to a cluster, and when. Safe for use by any thread. */
public final class Story {
    private final long begin = System.nanoTime();
    private final List<Chapter> chapters = new ArrayList<>();

    /** Something that was done. Its times are those of {@link System#nanoTime}. */
    public record Chapter(long from, long to, String what) {}

    /** When it began. */
    public long begin() {
        return begin;
    }

    /** Adds something that was done, which began then and ends now. */
    public synchronized void add(long from, String what) {
        chapters.add(new Chapter(from, System.nanoTime(), what));
    }

    public synchronized List<Chapter> chapters() {
        return List.copyOf(chapters);
    }

    double seconds(long time) {
        return (time - begin) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** One line for each chapter. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Chapter chapter : chapters()) {
            text.append(String.format(
                    Locale.ROOT, "%7.2f to %7.2f s  %s%n", seconds(chapter.from), seconds(chapter.to), chapter.what));
        }
        return text.toString();
    }
}
