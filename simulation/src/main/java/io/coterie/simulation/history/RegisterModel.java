package io.coterie.simulation.history;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A key that holds one value or none, with all the operations of {@link Op}. Immutable, so any
 * thread may use it.
 *
 * <p>Numbers are texts as {@link Long#toString(long)} writes them; an absent key counts as 0. An
 * addition to a key that holds any other text explains nothing: no store can answer it. An absent
 * key counts as the empty text for an append.
 *
 * <p>The hints for the search are what makes it fast on long histories:
 *
 * <ul>
 *   <li>{@link #needs}: a read needs the value that it returned, a change that was made needs the
 *       value that its condition demands, an append needs the part of its result before its text
 *   <li>{@link #makes}: a change makes the value that it sets or that its answer shows
 *   <li>{@link #overwrites}: writes, and deletes whose answer does not say whether there was a
 *       value
 *   <li>{@link #distinguished}: the values that conditions mention, and for appends without a
 *       result all beginnings of values that were seen
 *   <li>{@link #reachable}: a key that is only added to never holds less
 * </ul>
 */
public final class RegisterModel implements Model<RegisterModel.Content> {
    private static final Content ABSENT = new Content(null);

    private final Content initial;

    /**
     * The state of a key. Two states are equal if their values are: the empty text and an absent
     * key are different states.
     *
     * @param value what it holds; {@code null} if it is absent
     */
    public record Content(@Nullable String value) {
        private String or(String other) {
            return value == null ? other : value;
        }
    }

    /** A model of keys that are absent at first. */
    public RegisterModel() {
        this(null);
    }

    /**
     * A model of keys that have a value at first.
     *
     * @param initial the value; {@code null} if they are absent
     */
    public RegisterModel(@Nullable String initial) {
        this.initial = new Content(initial);
    }

    @Override
    public Content initial() {
        return initial;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A condition that does not hold leaves the state as it is, with the answer {@code false}.
     * Sums must stay within the range of {@code long}.
     *
     * @throws IllegalArgumentException if the operation is of a kind that this model does not know
     */
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

    /**
     * {@inheritDoc}
     *
     * <p>An append or an addition whose result equals its own text or number needs no single state:
     * the key was absent, or held the empty text or 0.
     */
    @Override
    public @Nullable Content needs(Operation operation) {
        Op op = operation.op();
        String result = operation.result();
        if (op instanceof Op.Read) {
            return new Content(result);
        } else if (op instanceof Op.Delete && "false".equals(result)) {
            return ABSENT;
        } else if (op instanceof Op.CompareAndSet cas && "true".equals(result)) {
            return new Content(cas.expected());
        } else if (op instanceof Op.PutIfAbsent && "true".equals(result)) {
            return ABSENT;
        } else if (op instanceof Op.Append append
                && result != null
                && result.length() > append.text().length()) {
            return new Content(
                    result.substring(0, result.length() - append.text().length()));
        } else if (op instanceof Op.AddAndGet add) {
            Long sum = number(result);
            return sum == null || sum == add.delta() ? null : new Content(Long.toString(sum - add.delta()));
        }
        return null;
    }

    /**
     * {@inheritDoc}
     *
     * <p>At most one state, and none for an operation that changed nothing. The states of an
     * addition or an append without a result cannot be listed: they depend on the state before.
     */
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

    /** {@inheritDoc} An append makes values that end in its text. */
    @Override
    public boolean mayMake(Operation operation, Content state) {
        return state.value != null
                && !(operation.op() instanceof Op.Append append && !state.value.endsWith(append.text()));
    }

    @Override
    public boolean overwrites(Operation operation) {
        return operation.op() instanceof Op.Write
                || (operation.op() instanceof Op.Delete && operation.result() == null);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A refused operation distinguishes the one state that would not have refused it. An
     * operation without a result may act differently in that state. An append without a result
     * distinguishes each beginning of a value that an answer shows.
     */
    @Override
    public Predicate<Content> distinguished(List<Operation> operations) {
        Set<Content> apart = new HashSet<>();
        NavigableSet<String> shown = new TreeSet<>();
        boolean appends = false;
        for (Operation operation : operations) {
            Op op = operation.op();
            Content needed = operation.outcome() == Outcome.OK ? needs(operation) : null;
            if (needed != null) {
                show(needed.value, shown);
            } else if (op instanceof Op.CompareAndSet cas) {
                apart.add(new Content(cas.expected()));
                show(cas.expected(), shown);
            } else if (op instanceof Op.PutIfAbsent || (op instanceof Op.Delete && !overwrites(operation))) {
                apart.add(ABSENT);
            } else if (op instanceof Op.Append || op instanceof Op.AddAndGet) {
                if (operation.result() == null) {
                    appends |= op instanceof Op.Append;
                    if (op instanceof Op.AddAndGet) {
                        return state -> true;
                    }
                }
                apart.add(ABSENT);
                apart.add(new Content(""));
                apart.add(new Content("0"));
            }
        }
        boolean beginningsMatter = appends;
        return state -> apart.contains(state) || (beginningsMatter && isShown(state.value, shown));
    }

    /** {@inheritDoc} A key that is only added to never holds less. */
    @Override
    public BiPredicate<Content, Content> reachable(List<Operation> operations) {
        for (Operation operation : operations) {
            boolean grows = operation.op() instanceof Op.AddAndGet add && add.delta() > 0;
            if (!grows && !operation.changedNothing()) {
                return (from, to) -> true;
            }
        }
        return (from, to) -> {
            Long before = number(from.or("0"));
            Long after = number(to.or("0"));
            return before == null || after == null || before <= after;
        };
    }

    private static void show(@Nullable String value, NavigableSet<String> shown) {
        if (value != null) {
            shown.add(value);
        }
    }

    private static boolean isShown(@Nullable String beginning, NavigableSet<String> shown) {
        if (beginning == null) {
            return false;
        }
        String next = shown.ceiling(beginning);
        return next != null && next.startsWith(beginning);
    }

    private static @Nullable Content sum(Content state, Op.AddAndGet add, Operation operation) {
        Long before = number(state.or("0"));
        if (before == null) {
            return null;
        }
        String sum = Long.toString(before + add.delta());
        return explained(operation, sum, new Content(sum));
    }

    /** The number in a text that {@link Long#toString(long)} writes; null for any other text. */
    private static @Nullable Long number(@Nullable String text) {
        try {
            Long number = text == null ? null : Long.valueOf(text);
            return number != null && number.toString().equals(text) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Content explained(Operation operation, Object result, Content after) {
        String answer = operation.result();
        return answer == null || answer.equals(result.toString()) ? after : null;
    }
}
