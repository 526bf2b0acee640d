package io.coterie.chaos.callers;

import io.coterie.simulation.history.History;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The answers of callers in all processes, on the one steady clock that a machine's processes
 * share. If a caller's process was killed, the outcome of its operation stays unknown.
 */
public final class ChaosHistory implements HistoryLog {
    private static final String INVOKED = "invoked ";
    private static final String RETURNED = "returned ";

    private final Map<String, Operation> inFlight = new LinkedHashMap<>();
    private final List<Operation> ended = new ArrayList<>();

    /** A log that writes everything in lines, for {@link #read} at the other end. */
    public static HistoryLog inLines(Consumer<String> sink) {
        return new HistoryLog() {
            @Override
            public void invoked(Operation operation) {
                sink.accept(INVOKED + operation);
            }

            @Override
            public void returned(Operation operation) {
                sink.accept(RETURNED + operation);
            }
        };
    }

    /** Reads a line if it is of a log. Returns whether it is. */
    public boolean read(String line) {
        if (line.startsWith(INVOKED)) {
            invoked(operation(line.substring(INVOKED.length())));
        } else if (line.startsWith(RETURNED)) {
            returned(operation(line.substring(RETURNED.length())));
        } else {
            return false;
        }
        return true;
    }

    @Override
    public synchronized void invoked(Operation operation) {
        Operation before = inFlight.put(operation.process(), operation);
        if (before != null) {
            throw new IllegalStateException(before + " has not ended, and its caller begins " + operation);
        }
    }

    @Override
    public synchronized void returned(Operation operation) {
        Operation begun = inFlight.remove(operation.process());
        if (begun == null || begun.invoked() != operation.invoked()) {
            throw new IllegalStateException(operation + " ended, but its caller had begun " + begun);
        }
        ended.add(operation);
    }

    public synchronized History history() {
        List<Operation> all = new ArrayList<>(ended);
        all.addAll(inFlight.values());
        return new History(all);
    }

    /** How many operations were answered so far. */
    synchronized long answered() {
        return ended.stream().filter(o -> o.outcome() == Outcome.OK).count();
    }

    private static Operation operation(String line) {
        return History.parse(line).operations().get(0);
    }
}
