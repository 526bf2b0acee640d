package io.coterie.replication.internal.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.replica.ReplicaUser;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Death at every operation of the disk while a replica writes, forgets and compacts its journal,
 * and many deaths in a row: what was acknowledged is there, what was removed stays away, and floors
 * stand.
 */
class CompactionDeathTest {
    private static final int SEGMENT_BYTES = SegmentHeader.BYTES + 4096;
    private static final int POWER_LOSSES_PER_DEATH = 4;
    private static final int KEYS = 8;

    @Test
    void aCrashAtAnyOperationLosesAndRevivesNothing() {
        int dieAt = 1;
        int compacted = 0;
        for (boolean died = true; died; dieAt++) {
            for (int seed = 0; seed < POWER_LOSSES_PER_DEATH; seed++) {
                Lives lives = new Lives(seed, new FaultyDisk());
                died = lives.live(dieAt, 40);
                lives.live(Integer.MAX_VALUE, 3);
                compacted += lives.compacted() ? 1 : 0;
            }
        }
        assertTrue(dieAt > 100, "the work was too small to mean anything: " + dieAt + " operations");
        assertTrue(compacted > 2 * dieAt, "compacted in " + compacted + " of " + 4 * dieAt + " lives only");
    }

    @Test
    void manyDeathsInARowLoseNothingAndBringNothingBack() {
        int last = Integer.getInteger("coterie.seeds", 200);
        int compacted = manyDeaths(last, FaultyDisk::new);
        assertTrue(compacted > 0.9 * last, "compacted in " + compacted + " of " + last + " runs only");
    }

    /**
     * Segments are gone, and what declared that they are no longer needed was never on the
     * disk.
     */
    @Test
    void withoutTheForceOfNamesSomethingIsLost() {
        assertThrows(AssertionError.class, () -> manyDeaths(200, FaultyDisk::thatForcesNoNames));
    }

    private static int manyDeaths(int last, Supplier<FaultyDisk> disks) {
        int compacted = 0;
        for (int seed = 0; seed < last; seed++) {
            Lives lives = new Lives(seed, disks.get());
            SplittableRandom random = new SplittableRandom(seed);
            for (int life = 0; life < 12; life++) {
                lives.live(1 + random.nextInt(120), 40);
            }
            compacted += lives.compacted() ? 1 : 0;
        }
        return compacted;
    }

    /** One disk, used by one replica after the other, all of them dead in the end. */
    private static final class Lives {
        private final int seed;
        private final SplittableRandom random;
        private final FaultyDisk disk;
        private final Storage storage;
        private final Map<String, Long> known = new TreeMap<>();
        private final Map<String, Long> deleted = new HashMap<>();
        private long ballots;
        private int lives;
        private long floor;

        private Lives(int seed, FaultyDisk disk) {
            this.seed = seed;
            this.disk = disk;
            this.storage = new DiskStorage(disk, "faulty", SEGMENT_BYTES);
            this.random = new SplittableRandom(~seed);
        }

        private boolean compacted() {
            return JournalStart.of(disk.names()) > 1;
        }

        /**
         * Opens, checks what is there and adds to it; returns whether it died before it was
         * through.
         */
        private boolean live(int dieAt, int rounds) {
            disk.dieAt(dieAt == Integer.MAX_VALUE ? dieAt - disk.operations() : dieAt);
            ReplicaUser user = open();
            for (int round = 0; user != null && round < rounds && !disk.isDead(); round++) {
                for (int i = random.nextInt(6); i >= 0; i--) {
                    change(user, "k" + random.nextInt(KEYS));
                }
                user.settle(disk);
            }
            boolean died = disk.isDead();
            if (user != null) {
                known.putAll(user.acknowledged);
                known.values().forEach(ballot -> floor = Math.max(floor, -ballot));
                ballots = user.ballots();
            }
            if (random.nextBoolean()) {
                disk.powerLoss(random);
            } else {
                disk.restart();
            }
            lives++;
            return died;
        }

        private void change(ReplicaUser user, String key) {
            switch (random.nextInt(6)) {
                case 0 -> deleted.put(key, user.delete(key));
                case 1 -> user.remove(key, deleted.getOrDefault(key, 1L));
                case 2 -> user.promise(key);
                case 3 -> user.merge(key, random.nextInt(200));
                default -> user.put(key, random.nextInt(1500));
            }
        }

        private ReplicaUser open() {
            try {
                ReplicaUser user = new ReplicaUser(storage, ballots);
                user.settle(disk);
                if (!disk.isDead()) {
                    check(user);
                }
                return user;
            } catch (StorageException e) {
                assertTrue(disk.isDead(), () -> "seed " + seed + ", life " + lives + ": " + e.getMessage());
                return null;
            }
        }

        private void check(ReplicaUser user) {
            assertEquals(ReplicaState.VOTING, user.state(), this::toString);
            known.forEach((key, ballot) -> {
                long found = key.startsWith("e") ? user.fetch(key.substring(1)) : user.read(key);
                // What was not acknowledged may be there: a later change, or a removal of a later
                // delete.
                boolean later = found > Math.abs(ballot);
                boolean laterRemoved = found == 0 && deleted.getOrDefault(key, 0L) >= Math.abs(ballot);
                boolean same = ballot > 0 ? found == ballot : found == 0;
                assertTrue(same || later || laterRemoved, () -> this + ": " + key + " at " + found + ", not " + ballot);
            });
            if (floor > 0) {
                long refusedWith = user.promised("never", floor - 1);
                assertTrue(refusedWith >= floor, () -> this + ": floor " + refusedWith + ", not " + floor);
            }
        }

        @Override
        public String toString() {
            return "seed " + seed + ", life " + lives;
        }
    }
}
