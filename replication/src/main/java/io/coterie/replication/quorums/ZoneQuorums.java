package io.coterie.replication.quorums;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/** Majorities of enough zones. */
final class ZoneQuorums extends MemberQuorums {
    private final long[] zones;
    private final int needed;

    ZoneQuorums(List<String> members, List<List<String>> zones, int needed) {
        super(members);
        this.zones = zones.stream()
                .mapToLong(zone -> zone.stream()
                        .mapToLong(member -> 1L << members.indexOf(member))
                        .sum())
                .toArray();
        this.needed = needed;
    }

    int needed() {
        return needed;
    }

    int zones() {
        return zones.length;
    }

    boolean hasSameZones(ZoneQuorums other) {
        return Arrays.equals(zones, other.zones);
    }

    /** How many members of a zone are too many to lose; 0 or less if it has no majority. */
    private static int margin(long zone, long some) {
        return Long.bitCount(zone & some) - Long.bitCount(zone) / 2;
    }

    @Override
    public boolean isQuorum(long some) {
        int count = 0;
        for (long zone : zones) {
            count += margin(zone, some) > 0 ? 1 : 0;
        }
        return count >= needed;
    }

    @Override
    public int failuresSurvived(long alive) {
        int[] margins = Arrays.stream(zones)
                .mapToInt(zone -> margin(zone, alive))
                .sorted()
                .toArray();
        int working = (int) IntStream.of(margins).filter(margin -> margin > 0).count();
        int down = margins.length - working;
        return working >= needed
                // The zones that are ended most cheaply come first.
                ? IntStream.of(margins).skip(down).limit(working - needed + 1L).sum() - 1
                : IntStream.of(margins)
                        .limit(down)
                        .skip(down - (long) (needed - working))
                        .map(margin -> margin - 1)
                        .sum();
    }

    @Override
    boolean visit(LongPredicate visitor) {
        return visitZones(0, 0, 0, visitor);
    }

    private boolean visitZones(int from, int taken, long chosen, LongPredicate visitor) {
        if (taken == needed) {
            return visitor.test(chosen);
        }
        for (int zone = from; zone <= zones.length - (needed - taken); zone++) {
            int next = zone + 1;
            int majority = Long.bitCount(zones[zone]) / 2 + 1;
            boolean continues =
                    visitMembers(zones[zone], majority, chosen, some -> visitZones(next, taken + 1, some, visitor));
            if (!continues) {
                return false;
            }
        }
        return true;
    }

    private static boolean visitMembers(long left, int count, long chosen, LongPredicate visitor) {
        if (count == 0) {
            return visitor.test(chosen);
        }
        long rest = left;
        while (Long.bitCount(rest) >= count) {
            long member = Long.lowestOneBit(rest);
            rest &= ~member;
            if (!visitMembers(rest, count - 1, chosen | member, visitor)) {
                return false;
            }
        }
        return true;
    }
}
