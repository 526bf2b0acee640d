package io.coterie.simulation.history;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** A key that holds one value or none, with all the operations of {@link Op}. */
public final class RegisterModel implements Model<RegisterModel.Content> {
    private static final Content ABSENT = new Content(null);

    private final Content initial;

    /**
     * What a key holds.
     *
     * @param value {@code null} is absent
     */
    public record Content(@Nullable String value) {
        private String or(String other) {
            return value == null ? other : value;
        }
    }

    /** Keys that are absent at first. */
    public RegisterModel() {
        this(null);
    }

    /**
     * Keys that have a value at first.
     *
     * @param initial {@code null} is absent
     */
    public RegisterModel(@Nullable String initial) {
        this.initial = new Content(initial);
    }

    @Override
    public Content initial() {
        return initial;
    }

    @Override
    public @Nullable Content step(Content state, Operation operation) {
        Op op = operation.op();
        boolean absent = state.value == null;
        if (op instanceof Op.Read) {
            return operation.outcome() == Outcome.UNKNOWN || Objects.equals(state.value, operation.result())
                    ? state
                    : null;
        } else if (op instanceof Op.Write write) {
            return new Content(write.value());
        } else if (op instanceof Op.Delete) {
            return explained(operation, !absent, ABSENT);
        } else if (op instanceof Op.CompareAndSet cas) {
            boolean set = Objects.equals(state.value, cas.expected());
            return explained(operation, set, set ? new Content(cas.next()) : state);
        } else if (op instanceof Op.PutIfAbsent put) {
            return explained(operation, absent, absent ? new Content(put.value()) : state);
        } else if (op instanceof Op.AddAndGet add) {
            return sum(state, add, operation);
        } else if (op instanceof Op.Append append) {
            String longer = state.or("") + append.text();
            return explained(operation, longer, new Content(longer));
        }
        throw new IllegalArgumentException("unknown operation " + op);
    }

    @Override
    public @Nullable Content needs(Operation operation) {
        Op op = operation.op();
        String result = operation.result();
        if (op instanceof Op.Read) {
            return new Content(result);
        } else if (op instanceof Op.CompareAndSet cas && "true".equals(result)) {
            return new Content(cas.expected());
        } else if (op instanceof Op.PutIfAbsent && "true".equals(result)) {
            return ABSENT;
        } else if (op instanceof Op.Append append
                && result != null
                && result.length() > append.text().length()) {
            return new Content(
                    result.substring(0, result.length() - append.text().length()));
        }
        return null;
    }

    @Override
    public @Nullable Collection<Content> makes(Operation operation) {
        Op op = operation.op();
        if (operation.changedNothing()) {
            return List.of();
        } else if (op instanceof Op.Write write) {
            return List.of(new Content(write.value()));
        } else if (op instanceof Op.Delete) {
            return List.of(ABSENT);
        } else if (op instanceof Op.CompareAndSet cas) {
            return List.of(new Content(cas.next()));
        } else if (op instanceof Op.PutIfAbsent put) {
            return List.of(new Content(put.value()));
        }
        return operation.result() == null ? null : List.of(new Content(operation.result()));
    }

    /**
     * A state that no answer shows, not even as the beginning of a value, is of no use, unless to get away from a state in
     * which some other answer would have been different.
     */
    @Override
    public BiPredicate<Content, Content> worthTrying(List<Operation> operations) {
        NavigableSet<String> shown = new TreeSet<>();
        Set<Content> avoided = new HashSet<>();
        for (Operation operation : operations) {
            Op op = operation.op();
            boolean ok = operation.outcome() == Outcome.OK;
            if (op instanceof Op.AddAndGet || (op instanceof Op.Append && ok && operation.result() == null)) {
                return (before, after) -> true;
            } else if (op instanceof Op.CompareAndSet cas) {
                show(cas.expected(), shown);
                if (ok) {
                    avoided.add(new Content(cas.expected()));
                }
            } else if (op instanceof Op.PutIfAbsent || op instanceof Op.Delete) {
                avoided.add(ABSENT);
            } else {
                show(operation.result(), shown);
            }
        }
        return (before, after) -> after.value == null || isShown(after.value, shown) || avoided.contains(before);
    }

    private static void show(@Nullable String value, NavigableSet<String> shown) {
        if (value != null) {
            shown.add(value);
        }
    }

    private static boolean isShown(String beginning, NavigableSet<String> shown) {
        String next = shown.ceiling(beginning);
        return next != null && next.startsWith(beginning);
    }

    private static @Nullable Content sum(Content state, Op.AddAndGet add, Operation operation) {
        try {
            String sum = Long.toString(Long.parseLong(state.or("0")) + add.delta());
            return explained(operation, sum, new Content(sum));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Content explained(Operation operation, Object result, Content after) {
        String told = operation.result();
        return told == null || told.equals(result.toString()) ? after : null;
    }
}
