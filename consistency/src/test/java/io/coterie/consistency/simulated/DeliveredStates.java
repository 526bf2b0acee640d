package io.coterie.consistency.simulated;

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
     * @param telling which call for the key it was, from 0, misses included
     */
    record Wrong(String what, int telling) {}

    @Override
    public void onChange(byte[] key, byte @Nullable [] value, Ballot version) {
        told(key).add(new Delivery(value, version, null));
    }

    @Override
    public void onMissed(byte[] key, Ballot after, Ballot before) {
        told(key).add(new Delivery(null, before, after));
    }

    private List<Delivery> told(byte[] key) {
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
    @Nullable
    Wrong problem(String key, NavigableMap<Ballot, RegisterState> history) {
        Ballot last = Ballot.NONE;
        Delivery missed = null;
        List<Delivery> all = byKey.getOrDefault(key, List.of());
        for (int telling = 0; telling < all.size(); telling++) {
            Delivery told = all.get(telling);
            if (told.missedAfter() != null) {
                missed = told;
                continue;
            }
            String problem = problem(told, last, missed, history);
            if (problem != null) {
                return new Wrong(problem, telling);
            }
            last = told.version();
            missed = null;
        }
        return null;
    }

    private static @Nullable String problem(
            Delivery told, Ballot last, @Nullable Delivery missed, NavigableMap<Ballot, RegisterState> history) {
        if (!told.version().isAbove(last)) {
            return told.version() + " was delivered after " + last;
        }
        RegisterState real = history.get(told.version());
        // A key whose deletion was forgotten before anyone could report it is delivered as absent,
        // with a version of no state.
        boolean wasThere = real == null ? told.value() == null : Arrays.equals(real.value(), told.value());
        if (!wasThere) {
            return told.version() + " was delivered and never chosen";
        }
        boolean isGap = !last.equals(Ballot.NONE)
                && !history.subMap(last, false, told.version(), false).isEmpty();
        if (isGap && (missed == null || !last.equals(missed.missedAfter()))) {
            return "what came between " + last + " and " + told.version()
                    + " was neither delivered nor reported as missed";
        }
        return null;
    }
}
