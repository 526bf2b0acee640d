package io.coterie.replication.internal.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Death at every operation of the disk, and many deaths in a row: nothing acknowledged is ever
 * lost.
 */
class JournalDeathTest {
    private static final int SEGMENT_BYTES = SegmentHeader.BYTES + 4096;
    private static final int POWER_LOSSES_PER_DEATH = 6;

    @Test
    void deathAtEveryOperationLosesNothingAcknowledged() {
        int dieAt = 1;
        for (boolean died = true; died; dieAt++) {
            for (int seed = 0; seed < POWER_LOSSES_PER_DEATH; seed++) {
                Lives lives = new Lives(seed, new FaultyDisk());
                died = lives.live(dieAt, 25);
                lives.live(Integer.MAX_VALUE, 3);
            }
        }
        assertTrue(dieAt > 50, "the work was too small to mean anything: " + dieAt + " operations");
    }

    @Test
    void aCrashAmidLongFramesLosesNothingAcknowledged() {
        int dieAt = 1;
        for (boolean died = true; died; dieAt++) {
            for (int seed = 0; seed < POWER_LOSSES_PER_DEATH; seed++) {
                Lives lives = new Lives(seed, new FaultyDisk(), 4 * SegmentHeader.BYTES, 30_000);
                died = lives.live(dieAt, 6);
                lives.live(Integer.MAX_VALUE, 1);
            }
        }
        assertTrue(dieAt > 25, "the work was too small to mean anything: " + dieAt + " operations");
    }

    @Test
    void manyDeathsInARowLoseNothingAcknowledged() {
        manyDeaths(FaultyDisk::new);
    }

    @Test
    void withoutTheForceOfNamesSomethingIsLost() {
        assertThrows(AssertionError.class, () -> manyDeaths(FaultyDisk::thatForcesNoNames));
    }

    private static void manyDeaths(Supplier<FaultyDisk> disks) {
        int last = Integer.getInteger("coterie.seeds", 300);
        for (int seed = 0; seed < last; seed++) {
            Lives lives = new Lives(seed, disks.get());
            SplittableRandom random = new SplittableRandom(seed);
            for (int life = 0; life < 12; life++) {
                lives.live(1 + random.nextInt(60), 20);
            }
        }
    }

    /** One disk, used by one replica after the other, all of them dead in the end. */
    private static final class Lives {
        private final int seed;
        private final SplittableRandom random;
        private final FaultyDisk disk;
        private final Storage storage;
        private final List<String> written = new ArrayList<>();
        private final int longest;
        private int known;
        private int lives;

        private Lives(int seed, FaultyDisk disk) {
            this(seed, disk, SEGMENT_BYTES, 900);
        }

        private Lives(int seed, FaultyDisk disk, int segmentBytes, int longest) {
            this.seed = seed;
            this.disk = disk;
            this.longest = longest;
            this.storage = new DiskStorage(disk, "faulty", segmentBytes);
            this.random = new SplittableRandom(~seed);
        }

        /**
         * Opens, checks what is there and adds to it; returns whether it died before it was
         * through.
         */
        private boolean live(int dieAt, int rounds) {
            disk.dieAt(dieAt == Integer.MAX_VALUE ? dieAt - disk.operations() : dieAt);
            JournalUser user = open();
            for (int round = 0; user != null && round < rounds && !disk.isDead(); round++) {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    String record = lives + "/" + round + "/" + i + ":" + "x".repeat(random.nextInt(longest));
                    written.add(record);
                    user.append(record);
                }
                user.settle(disk);
            }
            boolean died = disk.isDead();
            if (user != null) {
                known += user.durable.size();
            }
            if (random.nextBoolean()) {
                disk.powerLoss(random);
            } else {
                disk.restart();
            }
            lives++;
            return died;
        }

        private JournalUser open() {
            try {
                JournalUser user = new JournalUser(storage);
                int count = user.recovered.size();
                assertTrue(
                        count >= known && count <= written.size(),
                        () -> "seed " + seed + ": " + count + " records of " + known + " known");
                assertEquals(written.subList(0, count), user.recovered, () -> "seed " + seed);
                written.subList(count, written.size()).clear();
                known = count;
                return user;
            } catch (StorageException e) {
                assertTrue(disk.isDead(), () -> "seed " + seed + ", life " + lives + ": " + e.getMessage());
                return null;
            }
        }
    }
}
