package io.coterie.simulation.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The search for an order of one key's operations: the algorithm of Wing and Gong, Testing and
 * Verifying Concurrent Objects, 1993, with the memory of Lowe, Testing for Linearizability, 2017.
 *
 * <p>An operation can come next if it was invoked before the first return among the operations that
 * have no place yet. Answered operations must get a place. Operations of unknown outcome may get
 * one at any time, and are tried last.
 *
 * <p>Three rules keep the search short:
 *
 * <ul>
 *   <li>An answered operation that fits and changed nothing is placed without a choice: in any
 *       order that exists, it can be moved to the front.
 *   <li>States that no operation without a place can distinguish count as one.
 *   <li>Overwrites that lead to such a state are placed together, before an overwrite whose state
 *       is needed: no answer shows their effect. There is one exception: such an overwrite must
 *       hide a state from an operation that would have had another answer in it. That is tried
 *       afterwards.
 * </ul>
 */
final class KeySearch<S> {
    private final Model<S> model;
    private final long maxSteps;
    private final List<Operation> answered;
    private final List<Operation> unknown;
    private final BitSet overwrites = new BitSet();
    private final List<@Nullable S> needs = new ArrayList<>();
    private final UnknownMakers<S> makers;
    private final Predicate<S> distinguished;
    private final BiPredicate<S, S> reachable;
    private final Demand<S> demand;
    private final Timeline timeline;
    private final BitSet placed = new BitSet();
    private final BitSet used = new BitSet();
    private final Visited<S> visited = new Visited<>();
    private final Deque<Place<S>> order = new ArrayDeque<>();
    private S state;
    private long steps;

    /** How an operation got its place, in the order in which a search tries them in a state. */
    private enum Kind {
        WITHOUT_CHOICE,
        /** It fits in this state, but not in all. */
        FITTING,
        /** The first of some overwrites that are placed together. */
        SQUEEZED,
        OVERWRITING,
        /** An operation of unknown outcome that leads to a state that matters. */
        UNKNOWN,
        /** An operation of unknown outcome that leads away from a state, to any other. */
        ESCAPING
    }

    /** An operation that has its place, and the state before it. */
    private record Place<S>(Kind kind, int index, S before) {
        boolean isUnknown() {
            return kind == Kind.UNKNOWN || kind == Kind.ESCAPING;
        }
    }

    /** A search for any order. */
    KeySearch(Model<S> model, List<Operation> operations, long maxSteps) {
        this(model, operations, maxSteps, false);
    }

    private KeySearch(Model<S> model, List<Operation> operations, long maxSteps, boolean inProgramOrder) {
        this.model = model;
        this.maxSteps = maxSteps;
        this.answered = ofOutcome(Outcome.OK, operations);
        this.unknown = ofOutcome(Outcome.UNKNOWN, operations);
        this.distinguished = model.distinguished(operations);
        this.reachable = model.reachable(operations);
        this.makers = new UnknownMakers<>(model, unknown, distinguished);
        this.demand = new Demand<>(model, answered, unknown);
        this.timeline = new Timeline(answered, inProgramOrder);
        this.state = model.initial();
        for (int i = 0; i < answered.size(); i++) {
            overwrites.set(i, model.overwrites(answered.get(i)));
            needs.add(model.needs(answered.get(i)));
        }
    }

    /**
     * A search for an order that keeps the operations of each process in the order of their
     * invocation. It proves nothing if there is none. But where a process invokes many at once,
     * there mostly is one, and it is found among far fewer orders.
     */
    static <S> KeySearch<S> inProgramOrder(Model<S> model, List<Operation> operations, long maxSteps) {
        return new KeySearch<>(model, operations, maxSteps, true);
    }

    long steps() {
        return steps;
    }

    Verdict.Kind run() {
        if (demand.isHopelessFrom(state)) {
            return Verdict.Kind.NOT_LINEARIZABLE;
        }
        boolean deadEnd = false;
        while (!timeline.isEmpty()) {
            if (steps > maxSteps) {
                return Verdict.Kind.GAVE_UP;
            }
            if (!deadEnd) {
                deadEnd = !placeUnchanging() && !placeFrom(Kind.FITTING, timeline.firstInvoked());
            } else if (order.isEmpty()) {
                return Verdict.Kind.NOT_LINEARIZABLE;
            } else {
                deadEnd = !placeAnother(takeBack());
            }
        }
        return Verdict.Kind.LINEARIZABLE;
    }

    /** Tries what follows after the place that was taken back. */
    private boolean placeAnother(Place<S> last) {
        return switch (last.kind) {
            case WITHOUT_CHOICE -> false;
            case FITTING, OVERWRITING -> placeFrom(last.kind, timeline.nextInvoked(last.index));
            case SQUEEZED -> placeFrom(Kind.OVERWRITING, timeline.firstInvoked());
            case UNKNOWN -> placeUnknown(last.index + 1) || placeEscaping(0);
            case ESCAPING -> placeEscaping(last.index + 1);
        };
    }

    /** Tries all that can come next, from one kind and operation on. */
    private boolean placeFrom(Kind kind, int from) {
        if (kind == Kind.FITTING && (placeAnswered(Kind.FITTING, from) || placeSqueezed())) {
            return true;
        }
        int first = kind == Kind.FITTING ? timeline.firstInvoked() : from;
        return placeAnswered(Kind.OVERWRITING, first) || placeUnknown(0) || placeEscaping(0);
    }

    private boolean placeUnchanging() {
        for (int i = timeline.firstInvoked(); i >= 0; i = timeline.nextInvoked(i)) {
            S after = answered.get(i).changedNothing() ? step(state, answered.get(i)) : null;
            if (after != null) {
                put(new Place<>(Kind.WITHOUT_CHOICE, i, state), after);
                return true;
            }
        }
        return false;
    }

    private boolean placeAnswered(Kind kind, int from) {
        for (int i = from; i >= 0; i = timeline.nextInvoked(i)) {
            boolean isOfKind = overwrites.get(i) == (kind == Kind.OVERWRITING)
                    && !answered.get(i).changedNothing();
            S after = isOfKind ? step(state, answered.get(i)) : null;
            if (after != null
                    && (after.equals(state) || demand.mayLeaveByAnswered(state, i))
                    && putIfNew(new Place<>(kind, i, state), after)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Places all overwrites that can come next and lead to a state like others, again and again.
     */
    private boolean placeSqueezed() {
        if (!demand.mayLeave(state)) {
            return false;
        }
        int squeezed = 0;
        for (int i = nextToSqueeze(); i >= 0; i = nextToSqueeze()) {
            S after = Objects.requireNonNull(model.step(state, answered.get(i)));
            put(new Place<>(squeezed++ == 0 ? Kind.SQUEEZED : Kind.WITHOUT_CHOICE, i, state), after);
        }
        if (squeezed == 0 || isNew()) {
            return squeezed > 0;
        }
        while (squeezed-- > 0) {
            takeBack();
        }
        return false;
    }

    private int nextToSqueeze() {
        for (int i = timeline.firstInvoked(); i >= 0; i = timeline.nextInvoked(i)) {
            S after = overwrites.get(i) ? step(state, answered.get(i)) : null;
            if (after != null && isLikeOthers(after)) {
                return i;
            }
        }
        return -1;
    }

    private boolean placeUnknown(int from) {
        if (!demand.mayLeave(state)) {
            return false;
        }
        BitSet candidates = isBlocked() ? makers.all() : makers.candidates(timeline, needs);
        for (int i = candidates.nextSetBit(from); i >= 0 && mayComeNext(i); i = candidates.nextSetBit(i + 1)) {
            S after = stepUnknown(i);
            if (after != null
                    && !isLikeOthers(after)
                    && leavesReachable(after)
                    && putIfNew(new Place<>(Kind.UNKNOWN, i, state), after)) {
                return true;
            }
        }
        return false;
    }

    /** All overwrites that lead to states like others are equally good: only the first is tried. */
    private boolean placeEscaping(int from) {
        if (!isBlocked() || !demand.mayLeave(state)) {
            return false;
        }
        boolean overwritten = false;
        for (int i = 0; i < unknown.size() && mayComeNext(i); i++) {
            S after = stepUnknown(i);
            if (after != null && isLikeOthers(after)) {
                boolean asGood = overwritten && model.overwrites(unknown.get(i));
                overwritten |= model.overwrites(unknown.get(i));
                if (i >= from
                        && !asGood
                        && revealsSomething(after)
                        && putIfNew(new Place<>(Kind.ESCAPING, i, state), after)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether an operation that can come next does not fit, or acts differently in other states.
     */
    private boolean isBlocked() {
        for (int i = timeline.firstInvoked(); i >= 0; i = timeline.nextInvoked(i)) {
            if (mindsState(i) && (doesNotTell(i) || step(state, answered.get(i)) == null)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an operation fits in several states but not in all, or acts differently in some. */
    private boolean mindsState(int operation) {
        return needs.get(operation) == null && !overwrites.get(operation);
    }

    private boolean doesNotTell(int operation) {
        return mindsState(operation) && !answered.get(operation).changedNothing();
    }

    private boolean leavesReachable(S after) {
        for (int i = timeline.firstInvoked(); i >= 0; i = timeline.nextInvoked(i)) {
            S needed = needs.get(i);
            if (needed != null && !reachable.test(after, needed)) {
                return false;
            }
        }
        return true;
    }

    private boolean mayComeNext(int unknownIndex) {
        return unknown.get(unknownIndex).invoked() <= timeline.firstReturn();
    }

    private @Nullable S stepUnknown(int index) {
        int twin = makers.earlierTwin(index);
        S after = used.get(index) || (twin >= 0 && !used.get(twin)) ? null : step(state, unknown.get(index));
        return after == null || after.equals(state) ? null : after;
    }

    /**
     * Whether an answered operation can come next in this state that could not in the present one,
     * or might act differently in it.
     */
    private boolean revealsSomething(S after) {
        for (int i = timeline.firstInvoked(); i >= 0; i = timeline.nextInvoked(i)) {
            Operation operation = answered.get(i);
            if (!overwrites.get(i)
                    && step(after, operation) != null
                    && (doesNotTell(i) || step(state, operation) == null)) {
                return true;
            }
        }
        return false;
    }

    /** Whether no operation without a place can distinguish the state. */
    private boolean isLikeOthers(S after) {
        return !demand.isNeeded(after) && !distinguished.test(after);
    }

    private @Nullable S step(S from, Operation operation) {
        steps++;
        return model.step(from, operation);
    }

    private boolean putIfNew(Place<S> place, S after) {
        put(place, after);
        if (isNew()) {
            return true;
        }
        takeBack();
        return false;
    }

    private boolean isNew() {
        return visited.add(placed, used, isLikeOthers(state) ? null : state);
    }

    private void put(Place<S> place, S after) {
        order.push(place);
        state = after;
        if (place.isUnknown()) {
            used.set(place.index);
            demand.placeUnknown(place.index);
        } else {
            demand.placeAnswered(place.index);
            placed.set(place.index);
            timeline.remove(place.index);
        }
    }

    private Place<S> takeBack() {
        Place<S> place = order.pop();
        state = place.before;
        if (place.isUnknown()) {
            used.clear(place.index);
            demand.takeBackUnknown(place.index);
        } else {
            demand.takeBackAnswered(place.index);
            placed.clear(place.index);
            timeline.putBack(place.index);
        }
        return place;
    }

    private static List<Operation> ofOutcome(Outcome outcome, List<Operation> operations) {
        return operations.stream()
                .filter(o -> o.outcome() == outcome)
                .sorted(Comparator.comparingLong(Operation::invoked))
                .toList();
    }
}
