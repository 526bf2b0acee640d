package io.coterie;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Durations as people write them: {@code 2 s}, {@code 500 ms}, {@code 1 h}. */
final class DurationText {
    private static final Map<String, BigDecimal> SECONDS_BY_UNIT = new LinkedHashMap<>();

    static {
        SECONDS_BY_UNIT.put("h", BigDecimal.valueOf(3_600));
        SECONDS_BY_UNIT.put("min", BigDecimal.valueOf(60));
        SECONDS_BY_UNIT.put("s", BigDecimal.ONE);
        SECONDS_BY_UNIT.put("ms", BigDecimal.valueOf(1, 3));
        SECONDS_BY_UNIT.put("µs", BigDecimal.valueOf(1, 6));
    }

    private DurationText() {}

    /** The duration in the largest unit that it is a whole number of. */
    static String of(Duration duration) {
        if (duration.isZero()) {
            return "0 s";
        }
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        for (Map.Entry<String, BigDecimal> unit : SECONDS_BY_UNIT.entrySet()) {
            BigDecimal[] parts = seconds.divideAndRemainder(unit.getValue());
            if (parts[1].signum() == 0) {
                return parts[0].toBigInteger() + " " + unit.getKey();
            }
        }
        return seconds.movePointRight(9).toBigInteger() + " ns";
    }
}
