package io.coterie.simulation.history;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The search for an order of one key's operations: Wing and Gong, Testing and Verifying Concurrent Objects, 1993, with the
 * memory of what was tried of Lowe, Testing for Linearizability, 2017.
 *
 * <p>What can come next are the operations invoked before the first return among those that have no place yet. Answered
 * operations must get a place; operations of unknown outcome may, at any time, and are tried last. An answered operation
 * that fits and changed nothing is placed without trying anything else: whatever order there is, it can be moved to the
 * front of that.
 */
final class KeySearch<S> {
    private final Model<S> model;
    private final long maxSteps;
    private final List<Operation> answered;
    private final List<Operation> unknown;
    private final int[] earlierTwin;
    private final BiPredicate<S, S> worthTrying;
    private final Demand<S> demand;
    private final Timeline timeline;
    private final BitSet placed = new BitSet();
    private final BitSet used = new BitSet();
    private final Visited<S> visited = new Visited<>();
    private final Deque<Place<S>> order = new ArrayDeque<>();
    private S state;
    private long steps;

    /** An operation that was given its place, and what to go back to if nothing can follow it. */
    private record Place<S>(Kind kind, int index, S before) {
        enum Kind {
            WITHOUT_CHOICE,
            ANSWERED,
            UNKNOWN
        }
    }

    KeySearch(Model<S> model, List<Operation> operations, long maxSteps) {
        this.model = model;
        this.maxSteps = maxSteps;
        this.answered = ofOutcome(Outcome.OK, operations);
        this.unknown = ofOutcome(Outcome.UNKNOWN, operations);
        this.earlierTwin = earlierTwins(unknown);
        this.worthTrying = model.worthTrying(operations);
        this.demand = new Demand<>(model, answered, unknown);
        this.timeline = new Timeline(answered);
        this.state = model.initial();
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
                deadEnd = !placeUnchanging() && !placeAnswered(timeline.firstInvoked()) && !placeUnknown(0);
            } else if (order.isEmpty()) {
                return Verdict.Kind.NOT_LINEARIZABLE;
            } else {
                deadEnd = !placeAnother(takeBack());
            }
        }
        return Verdict.Kind.LINEARIZABLE;
    }

    /** Goes on behind what was taken back. */
    private boolean placeAnother(Place<S> last) {
        return switch (last.kind) {
            case WITHOUT_CHOICE -> false;
            case ANSWERED -> placeAnswered(timeline.nextInvoked(last.index)) || placeUnknown(0);
            case UNKNOWN -> placeUnknown(last.index + 1);
        };
    }

    private boolean placeUnchanging() {
        for (int i = timeline.firstInvoked(); i >= 0; i = timeline.nextInvoked(i)) {
            S after = answered.get(i).changedNothing() ? model.step(state, answered.get(i)) : null;
            steps++;
            if (after != null) {
                put(new Place<>(Place.Kind.WITHOUT_CHOICE, i, state), after);
                return true;
            }
        }
        return false;
    }

    private boolean placeAnswered(int from) {
        for (int i = from; i >= 0; i = timeline.nextInvoked(i)) {
            steps++;
            S after = answered.get(i).changedNothing() ? null : model.step(state, answered.get(i));
            if (after != null && (after.equals(state) || demand.mayLeaveByAnswered(state, i))) {
                placed.set(i);
                boolean isNew = visited.add(placed, used, after);
                placed.clear(i);
                if (isNew) {
                    put(new Place<>(Place.Kind.ANSWERED, i, state), after);
                    return true;
                }
            }
        }
        return false;
    }

    private boolean placeUnknown(int from) {
        for (int i = from; i < unknown.size() && unknown.get(i).invoked() <= timeline.firstReturn(); i++) {
            boolean afterTwin = earlierTwin[i] < 0 || used.get(earlierTwin[i]);
            S after = used.get(i) || !afterTwin ? null : stepUnknown(i);
            if (after != null) {
                used.set(i);
                boolean isNew = visited.add(placed, used, after);
                used.clear(i);
                if (isNew) {
                    put(new Place<>(Place.Kind.UNKNOWN, i, state), after);
                    return true;
                }
            }
        }
        return false;
    }

    private @Nullable S stepUnknown(int index) {
        steps++;
        S after = model.step(state, unknown.get(index));
        boolean isUseful = after != null
                && !after.equals(state)
                && worthTrying.test(state, after)
                && demand.mayLeaveByUnknown(state);
        return isUseful ? after : null;
    }

    private void put(Place<S> place, S after) {
        order.push(place);
        state = after;
        if (place.kind == Place.Kind.UNKNOWN) {
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
        if (place.kind == Place.Kind.UNKNOWN) {
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

    /** Of equal operations of unknown outcome it is enough to try the one invoked first. */
    private static int[] earlierTwins(List<Operation> unknown) {
        int[] twins = new int[unknown.size()];
        Map<Op, Integer> latest = new HashMap<>();
        for (int i = 0; i < twins.length; i++) {
            Integer twin = latest.put(unknown.get(i).op(), i);
            twins[i] = twin == null ? -1 : twin;
        }
        return twins;
    }
}
