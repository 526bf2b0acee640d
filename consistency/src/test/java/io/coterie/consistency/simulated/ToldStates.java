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

/** What one listener was told, and what is wrong with it. */
public final class ToldStates implements KeyListener {
    private final Map<String, List<Told>> byKey = new LinkedHashMap<>();

    /** Told of a state, or, with a version after which states were missed, of these. */
    private record Told(
            byte @Nullable [] value,
            Ballot version,
            @Nullable Ballot missedAfter) {}

    /**
     * Something that is wrong with what was told of a key.
     *
     * @param telling the how manieth time it was, from 0, that it was told of, misses included
     */
    record Wrong(String what, int telling) {}

    @Override
    public void onChange(byte[] key, byte @Nullable [] value, Ballot version) {
        told(key).add(new Told(value, version, null));
    }

    @Override
    public void onMissed(byte[] key, Ballot after, Ballot before) {
        told(key).add(new Told(null, before, after));
    }

    private List<Told> told(byte[] key) {
        return byKey.computeIfAbsent(new String(key, StandardCharsets.UTF_8), first -> new ArrayList<>());
    }

    public Iterable<String> keys() {
        return byKey.keySet();
    }

    public int changes() {
        return byKey.values().stream().mapToInt(List::size).sum();
    }

    /** The value told last, or null. */
    public byte @Nullable [] last(String key) {
        List<Told> all = byKey.getOrDefault(key, List.of());
        return all.isEmpty() ? null : all.get(all.size() - 1).value();
    }

    /** How many times it was told of a key, or that it missed something of it. */
    public int changes(String key) {
        return byKey.getOrDefault(key, List.of()).size();
    }

    /** What is wrong with what was told of a key, or null. */
    @Nullable
    Wrong problem(String key, NavigableMap<Ballot, RegisterState> history) {
        Ballot last = Ballot.NONE;
        Told missed = null;
        List<Told> all = byKey.getOrDefault(key, List.of());
        for (int telling = 0; telling < all.size(); telling++) {
            Told told = all.get(telling);
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
            Told told, Ballot last, @Nullable Told missed, NavigableMap<Ballot, RegisterState> history) {
        if (!told.version().isAbove(last)) {
            return told.version() + " was told after " + last;
        }
        RegisterState real = history.get(told.version());
        // A key whose deletion was forgotten before anyone could tell of it is told absent, with a
        // version of no state.
        boolean wasThere = real == null ? told.value() == null : Arrays.equals(real.value(), told.value());
        if (!wasThere) {
            return told.version() + " was told and never chosen";
        }
        boolean isGap = !last.equals(Ballot.NONE)
                && !history.subMap(last, false, told.version(), false).isEmpty();
        if (isGap && (missed == null || !last.equals(missed.missedAfter()))) {
            return "what came between " + last + " and " + told.version() + " was not told, nor told of as missed";
        }
        return null;
    }
}
