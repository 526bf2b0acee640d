package io.coterie.consistency.simulated.checks;

import io.coterie.consistency.KeyListener;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.replication.spi.Ballot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** What one listener got, and what is wrong with it. */
public final class DeliveredStates implements KeyListener {
    private final Map<String, List<Delivery>> byKey = new LinkedHashMap<>();

    /** A state, or, with a version after which states were missed, these. */
    private record Delivery(
            byte @Nullable [] value,
            Ballot version,
            @Nullable Ballot missedAfter) {}

    /**
     * Something that is wrong with what the listener got of a key.
     *
     * @param call which call for the key it was, from 0, misses included
     */
    public record Wrong(String what, int call) {}

    @Override
    public void onChange(byte[] key, byte @Nullable [] value, Ballot version) {
        deliveriesOf(key).add(new Delivery(value, version, null));
    }

    @Override
    public void onMissed(byte[] key, Ballot after, Ballot before) {
        deliveriesOf(key).add(new Delivery(null, before, after));
    }

    private List<Delivery> deliveriesOf(byte[] key) {
        return byKey.computeIfAbsent(new String(key, StandardCharsets.UTF_8), first -> new ArrayList<>());
    }

    public Iterable<String> keys() {
        return byKey.keySet();
    }

    public int changes() {
        return byKey.values().stream().mapToInt(List::size).sum();
    }

    /** The value that it got last, or null. */
    public byte @Nullable [] last(String key) {
        List<Delivery> all = byKey.getOrDefault(key, List.of());
        return all.isEmpty() ? null : all.get(all.size() - 1).value();
    }

    /** How many times it got a state of a key, or that it missed something of it. */
    public int changes(String key) {
        return byKey.getOrDefault(key, List.of()).size();
    }

    /** What is wrong with what it got of a key, or null. */
    public @Nullable Wrong problem(String key, NavigableMap<Ballot, RegisterState> history) {
        Ballot last = Ballot.NONE;
        Delivery missed = null;
        List<Delivery> all = byKey.getOrDefault(key, List.of());
        for (int call = 0; call < all.size(); call++) {
            Delivery delivery = all.get(call);
            if (delivery.missedAfter() != null) {
                missed = delivery;
                continue;
            }
            String problem = problem(delivery, last, missed, history);
            if (problem != null) {
                return new Wrong(problem, call);
            }
            last = delivery.version();
            missed = null;
        }
        return null;
    }

    private static @Nullable String problem(
            Delivery delivery, Ballot last, @Nullable Delivery missed, NavigableMap<Ballot, RegisterState> history) {
        if (!delivery.version().isAbove(last)) {
            return delivery.version() + " was delivered after " + last;
        }
        RegisterState real = history.get(delivery.version());
        // A key whose deletion was forgotten before anyone could report it is delivered as absent,
        // with a version of no state.
        boolean wasThere = real == null ? delivery.value() == null : Arrays.equals(real.value(), delivery.value());
        if (!wasThere) {
            return delivery.version() + " was delivered and never chosen";
        }
        boolean isGap = !last.equals(Ballot.NONE)
                && !history.subMap(last, false, delivery.version(), false).isEmpty();
        if (isGap && (missed == null || !last.equals(missed.missedAfter()))) {
            return "what came between " + last + " and " + delivery.version()
                    + " was neither delivered nor reported as missed";
        }
        return null;
    }
}
