package io.coterie.simulation.history;

import io.coterie.simulation.SimRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes right histories: each operation is done at one random point within its time. */
final class SimulatedRegister {
    private final RegisterModel model = new RegisterModel();
    private final SimRandom random;
    private final boolean counter;
    private RegisterModel.Content state = model.initial();
    private int written;

    private SimulatedRegister(long seed, boolean counter) {
        this.random = new SimRandom(seed);
        this.counter = counter;
    }

    /** Operations of all kinds on key {@code k}, of so many clients. Some outcomes are unknown. */
    static List<Operation> run(long seed, int operations, int clients, double unknown) {
        return new SimulatedRegister(seed, false).run(operations, clients, unknown);
    }

    /** Additions and reads of key {@code k}, of so many clients. Some outcomes are unknown. */
    static List<Operation> runCounter(long seed, int operations, int clients, double unknown) {
        return new SimulatedRegister(seed, true).run(operations, clients, unknown);
    }

    private List<Operation> run(int count, int clients, double unknown) {
        List<Operation> done = new ArrayList<>();
        long[] free = new long[clients];
        List<Planned> plan = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int client = i % clients;
            long invoked = free[client] + random.between(1, 20);
            long point = invoked + random.between(1, 50);
            long returned = point + random.between(1, 50);
            free[client] = returned;
            plan.add(new Planned("c" + client, invoked, point, returned, random.chance(unknown)));
        }
        plan.sort((x, y) -> Long.compare(x.point, y.point));
        for (Planned p : plan) {
            done.add(p.unknown ? lost(p) : answered(p));
        }
        return done;
    }

    private record Planned(String process, long invoked, long point, long returned, boolean unknown) {}

    private Operation lost(Planned p) {
        Op op = draw();
        Operation operation = new Operation(p.process, "k", op, p.invoked, Operation.NEVER, Outcome.UNKNOWN, null);
        RegisterModel.Content after = model.step(state, operation);
        if (after != null && random.chance(0.5)) {
            state = after;
        }
        return operation;
    }

    private Operation answered(Planned p) {
        Op op = draw();
        RegisterModel.Content before = state;
        RegisterModel.Content after =
                model.step(state, new Operation(p.process, "k", op, p.invoked, Operation.NEVER, Outcome.UNKNOWN, null));
        if (after != null) {
            state = after;
        }
        return new Operation(p.process, "k", op, p.invoked, p.returned, Outcome.OK, result(op, before));
    }

    private @Nullable String result(Op op, RegisterModel.Content before) {
        String value = before.value();
        if (op instanceof Op.Read) {
            return value;
        } else if (op instanceof Op.CompareAndSet cas) {
            return Boolean.toString(Objects.equals(value, cas.expected()));
        } else if (op instanceof Op.PutIfAbsent) {
            return Boolean.toString(value == null);
        } else if (op instanceof Op.Delete) {
            return random.chance(0.5) ? null : Boolean.toString(value != null);
        } else if (op instanceof Op.Append || op instanceof Op.AddAndGet) {
            return state.value();
        }
        return null;
    }

    private Op draw() {
        if (counter) {
            return random.chance(0.3) ? new Op.Read() : new Op.AddAndGet(1 + random.nextInt(3));
        }
        String value = "v" + written++;
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> new Op.Read();
            case 3, 4 -> new Op.Write(value);
            case 5, 6 -> new Op.CompareAndSet(state.value(), value);
            case 7 -> new Op.CompareAndSet("v" + random.nextInt(written), value);
            case 8, 9 -> new Op.PutIfAbsent(value);
            case 10 -> new Op.Append(";" + value);
            default -> new Op.Delete();
        };
    }
}
