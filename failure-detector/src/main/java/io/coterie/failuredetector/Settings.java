package io.coterie.failuredetector;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;

/** Checks that several kinds of failure detection share. */
final class Settings {
    static final Duration DEFAULT_HEARTBEAT_INTERVAL = Duration.ofMillis(100);
    static final Duration MIN_INTERVAL = Duration.ofMillis(1);
    static final Duration MAX_INTERVAL = Duration.ofSeconds(10);

    private Settings() {}

    static Duration heartbeatInterval(Duration value) {
        return within("heartbeatInterval", value, MIN_INTERVAL, MAX_INTERVAL);
    }

    /** A tenth of a time, at most the default. */
    static Duration fittingInterval(Duration time) {
        Duration tenth = time.dividedBy(10);
        return tenth.compareTo(DEFAULT_HEARTBEAT_INTERVAL) < 0 ? tenth : DEFAULT_HEARTBEAT_INTERVAL;
    }

    static int window(int heartbeats) {
        if (heartbeats < 10 || heartbeats > ArrivalWindow.MAX_SIZE) {
            throw new IllegalArgumentException(
                    "window " + heartbeats + " is not within 10 to " + ArrivalWindow.MAX_SIZE + " heartbeats");
        }
        return heartbeats;
    }

    static Duration within(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " " + Durations.text(value) + " is not within "
                    + Durations.text(min) + " to " + Durations.text(max));
        }
        return value;
    }
}
