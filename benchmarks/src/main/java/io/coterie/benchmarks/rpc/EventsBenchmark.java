package io.coterie.benchmarks.rpc;

import java.util.concurrent.TimeUnit;
import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call pays for events that no recording asks for: one look at whether a recording does. The
 * event here is declared as the library declares that of a call, which is not public, and is asked
 * in the same way. {@code nothing} is what JMH measures where nothing is asked.
 *
 * <p>The systems {@code coterie} and {@code coterie-events} of {@link RpcBenchmark} show the cost
 * of a recording that asks for events.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 2, time = 1)
@State(Scope.Benchmark)
public class EventsBenchmark {
    private boolean off;

    /** Returns what it has. */
    @Benchmark
    public boolean nothing() {
        return off;
    }

    /** Asks whether the event is on. */
    @Benchmark
    public boolean disabled() {
        return Probe.isOn();
    }

    @Name("io.coterie.benchmarks.Probe")
    @Label("Probe")
    @Category("Coterie")
    @StackTrace(false)
    @Enabled(false)
    private static final class Probe extends Event {
        private static final Probe PROBE = new Probe();

        static boolean isOn() {
            return PROBE.isEnabled();
        }
    }
}
