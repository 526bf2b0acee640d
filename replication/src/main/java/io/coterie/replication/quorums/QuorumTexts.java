package io.coterie.replication.quorums;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The texts of quorum systems. Replicas record them with a store, so a text must never come to mean
 * another system.
 */
final class QuorumTexts {
    private static final Pattern CALL = Pattern.compile("([a-zA-Z]+)(?:\\(([^()]*)\\))?");

    private QuorumTexts() {}

    static String weights(Map<String, Integer> weights, int needed) {
        return weights.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(",", "weights(", ";" + needed + ")"));
    }

    static String zones(Map<String, List<String>> zones, int needed) {
        return zones.entrySet().stream()
                .map(each -> each.getKey() + "=" + String.join("+", each.getValue()))
                .collect(Collectors.joining(",", "zones(", ";" + needed + ")"));
    }

    /** Null for a system of a user's own. */
    static @Nullable QuorumSystem parse(String text) {
        Matcher call = CALL.matcher(text);
        if (!call.matches()) {
            throw unknown(text, null);
        }
        String argument = call.group(2) == null ? "" : call.group(2);
        try {
            return switch (call.group(1)) {
                case "majority" -> QuorumSystem.majority();
                case "all" -> QuorumSystem.all();
                case "atLeast" -> QuorumSystem.atLeast(Integer.parseInt(argument));
                case "grid" -> QuorumSystem.grid(size(argument, 0), size(argument, 1));
                case "rows" -> QuorumSystem.rows(size(argument, 0), size(argument, 1));
                case "columns" -> QuorumSystem.columns(size(argument, 0), size(argument, 1));
                case "weights" -> QuorumSystem.weights(weightsOf(argument), neededOf(argument));
                case "zones" -> QuorumSystem.zones(zonesOf(argument), neededOf(argument));
                case "own" -> null;
                default -> throw unknown(text, null);
            };
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw unknown(text, e);
        }
    }

    private static IllegalArgumentException unknown(String text, @Nullable Exception cause) {
        return new IllegalArgumentException("\"" + text + "\" is no quorum system that this version knows", cause);
    }

    private static int size(String argument, int number) {
        return Integer.parseInt(argument.split("x", -1)[number]);
    }

    private static int neededOf(String argument) {
        return Integer.parseInt(argument.substring(argument.indexOf(';') + 1));
    }

    private static Map<String, String> entries(String argument) {
        Map<String, String> entries = new TreeMap<>();
        for (String entry : argument.substring(0, argument.indexOf(';')).split(",", -1)) {
            int equals = entry.indexOf('=');
            entries.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return entries;
    }

    private static Map<String, Integer> weightsOf(String argument) {
        Map<String, Integer> weights = new TreeMap<>();
        entries(argument).forEach((member, weight) -> weights.put(member, Integer.valueOf(weight)));
        return weights;
    }

    private static Map<String, List<String>> zonesOf(String argument) {
        Map<String, List<String>> zones = new TreeMap<>();
        entries(argument).forEach((zone, members) -> zones.put(zone, Arrays.asList(members.split("\\+", -1))));
        return zones;
    }
}
