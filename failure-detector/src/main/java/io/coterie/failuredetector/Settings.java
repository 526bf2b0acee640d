package io.coterie.failuredetector;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;

/** Checks that several kinds of failure detection share. */
final class Settings {
    static final Duration DEFAULT_HEARTBEAT_INTERVAL = Duration.ofMillis(100);

    private Settings() {}

    static Duration heartbeatInterval(Duration value) {
        return within("heartbeatInterval", value, Duration.ofMillis(1), Duration.ofSeconds(10));
    }

    static Duration within(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " " + Durations.text(value) + " is not within "
                    + Durations.text(min) + " to " + Durations.text(max));
        }
        return value;
    }
}
