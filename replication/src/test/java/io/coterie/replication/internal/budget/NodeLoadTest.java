package io.coterie.replication.internal.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Operations of a second each over a link that carries one request after the other, so many bytes a
 * second.
 */
class NodeLoadTest {
    private static final long TIMEOUT = Duration.ofSeconds(1).toNanos();
    private static final long TICK = Duration.ofMillis(1).toNanos();
    private static final long LOOK = Duration.ofMillis(20).toNanos();
    private static final int OVERHEAD_BYTES = 100;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Queue<Request> link = new ArrayDeque<>();
    private final Queue<Request> waitedFor = new ArrayDeque<>();
    private double bytesPerSecond = 10e6;
    private long distance = Duration.ofMillis(1).toNanos();
    private long now = Duration.ofDays(-3).toNanos();
    private long free = now;
    private boolean paused;
    private boolean replicasAnswer = true;
    private final NodeLoad load = new NodeLoad(now, () -> replicasAnswer);
    private int inFlight;
    private int refused;
    private int inTime;
    private int late;

    private static final class Request {
        final long began;
        final long answered;
        final int counted;
        boolean over;

        Request(long began, long answered, int counted) {
            this.began = began;
            this.answered = answered;
            this.counted = counted;
        }
    }

    @Test
    void ofTenTimesTheLoadAlmostAsMuchEndsInTimeAsCanBe() {
        for (int bytes : new int[] {100, 4 << 10, 20 << 10, 256 << 10}) {
            offer(10, Duration.ofSeconds(2), () -> bytes);
            inTime = 0;
            late = 0;
            offer(10, Duration.ofSeconds(10), () -> bytes);

            double most = 10 * bytesPerSecond / (bytes + OVERHEAD_BYTES);
            assertTrue(inTime > 0.8 * most, bytes + " bytes: " + inTime + " of " + most);
            assertTrue(late < 0.1 * most, bytes + " bytes: " + late + " came too late");
        }
    }

    @Test
    void smallValuesAmongLargeOnesChangeNothing() {
        Sizes mixed = () -> random.nextInt(10) == 0 ? 256 << 10 : 100;
        offer(10, Duration.ofSeconds(2), mixed);
        inTime = 0;
        late = 0;
        offer(10, Duration.ofSeconds(10), mixed);

        double most = 10 * bytesPerSecond / (0.1 * (256 << 10) + 0.9 * 100 + OVERHEAD_BYTES);
        assertTrue(inTime > 0.8 * most, inTime + " of " + most);
        assertTrue(late < 0.1 * inTime, late + " came too late");
    }

    @Test
    void aFewAreNeverRefusedHoweverSlowTheLinkIs() {
        bytesPerSecond = 5_000;

        keepInFlight(NodeLoad.FEW, Duration.ofMinutes(2), 1_000);

        assertEquals(0, refused);
    }

    @Test
    void manyThatEndInTimeAreNotRefused() {
        keepInFlight(10, Duration.ofSeconds(2), 100);
        keepInFlight(4_000, Duration.ofSeconds(5), 100);

        assertEquals(0, refused);
    }

    @Test
    void replicasThatAreFarAwayAreNotTakenForOverloaded() {
        distance = Duration.ofMillis(80).toNanos();

        keepInFlight(4, Duration.ofSeconds(3), 100);
        keepInFlight(64, Duration.ofSeconds(5), 100);
        keepInFlight(4_000, Duration.ofSeconds(5), 100);

        assertEquals(0, refused);
    }

    @Test
    void nobodyIsRefusedForReplicasThatAreSilent() {
        keepInFlight(500, Duration.ofSeconds(2), 100);
        paused = true;
        replicasAnswer = false;
        keepInFlight(500, Duration.ofSeconds(3), 100);
        paused = false;
        replicasAnswer = true;
        keepInFlight(500, Duration.ofSeconds(2), 100);

        assertEquals(0, refused);
    }

    @Test
    void nobodyIsRefusedAfterAPause() {
        keepInFlight(500, Duration.ofSeconds(2), 100);
        paused = true;
        keepInFlight(500, Duration.ofMillis(900), 100);
        paused = false;
        keepInFlight(500, Duration.ofSeconds(2), 100);

        assertEquals(0, refused);
    }

    @Test
    void aBacklogOfWhatNobodyWaitsForIsWorkedOff() {
        for (int i = 0; i < 100_000; i++) {
            begin(1_000);
        }
        offer(10, Duration.ofSeconds(15), () -> 1_000);
        inTime = 0;
        late = 0;
        offer(10, Duration.ofSeconds(10), () -> 1_000);

        double most = 10 * bytesPerSecond / (1_000 + OVERHEAD_BYTES);
        assertTrue(inTime > 0.8 * most, inTime + " of " + most);
        assertTrue(late < 0.1 * inTime, late + " came too late");
    }

    @Test
    void whatWasRefusedUnderLoadIsTakenWhenTheLoadIsGone() {
        offer(10, Duration.ofSeconds(5), () -> 20 << 10);
        assertTrue(refused > 0);
        keepInFlight(0, Duration.ofSeconds(2), 0);
        refused = 0;

        keepInFlight(400, Duration.ofSeconds(5), 100);

        assertEquals(0, refused);
    }

    @Test
    void aRefusalNamesHowLongItWouldTakeAndWhenToTryAgain() {
        offer(10, Duration.ofSeconds(5), () -> 20 << 10);

        OverloadedException refusal = Objects.requireNonNull(
                load.refusal("orders", Duration.ofMillis(100).toNanos(), 1));

        String text = String.valueOf(refusal.getMessage());
        assertTrue(text.startsWith("store \"orders\": not begun") && text.contains(" of its 100 ms"), text);
        assertNotNull(refusal.retryAfter());
    }

    @Test
    void aSlowSecondOfAMachineIsNotTakenForHalfAMinute() {
        long timeout = Duration.ofSeconds(30).toNanos();
        for (int i = 0; i < 200; i++) {
            load.begin(100);
        }
        load.look(now, timeout);
        for (int i = 0; i < 5; i++) {
            answerOne(timeout);
            assertNull(load.refusal("store", timeout, 1));
        }
        for (int i = 0; i < 5; i++) {
            answerOne(timeout);
        }
        assertNotNull(load.refusal("store", timeout, 1));
    }

    private void answerOne(long timeout) {
        load.answered(load.begin(100));
        now += 300 * TICK;
        load.look(now, timeout);
    }

    /** All but the first few share the next round of the key. */
    @Test
    void manyThatWaitForTheLoopToShareARoundAreNotRefused() {
        int[] handedOver = {0};
        load.addSource(new NodeLoad.Source() {
            @Override
            public int handedOver() {
                return handedOver[0];
            }

            @Override
            public void pressed(boolean pressed) {}
        });
        handedOver[0] = 50_000;
        for (int i = 0; i < 6; i++) {
            // Rounds of three requests, for the operations that the loop has taken meanwhile.
            for (int request = 0; request < 18; request++) {
                load.answered(load.begin(100));
            }
            for (int round = 0; round < 6; round++) {
                load.roundEnded(i == 0 ? 1 : 6_600);
            }
            load.taken(8_000);
            now += 130 * TICK;
            load.look(now, TIMEOUT);
            assertNull(load.refusal("store", TIMEOUT, 1));
        }
    }

    private interface Sizes {
        int next();
    }

    /** Offers so many times what the link carries. */
    private void offer(double times, Duration time, Sizes sizes) {
        double due = 0;
        for (long end = now + time.toNanos(); now < end; tick()) {
            for (due += times * bytesPerSecond * TICK / 1e9; due > 0; ) {
                int bytes = sizes.next();
                due -= bytes + OVERHEAD_BYTES;
                begin(bytes);
            }
        }
    }

    /** Begins another as soon as one has ended. */
    private void keepInFlight(int count, Duration time, int bytes) {
        for (long end = now + time.toNanos(); now < end; tick()) {
            int before = refused;
            while (inFlight < count && refused == before) {
                begin(bytes);
            }
        }
    }

    private void begin(int bytes) {
        if (load.refusal("store", TIMEOUT, 1) != null) {
            refused++;
            return;
        }
        free = Math.max(free, now) + (long) ((bytes + OVERHEAD_BYTES) * 1e9 / bytesPerSecond);
        Request request = new Request(now, free + distance, load.begin(bytes));
        link.add(request);
        waitedFor.add(request);
        inFlight++;
    }

    private void tick() {
        now += TICK;
        while (!paused && !link.isEmpty() && link.element().answered <= now) {
            Request ended = link.remove();
            if (!ended.over) {
                ended.over = true;
                load.answered(ended.counted);
                load.roundEnded(1);
                inFlight--;
                inTime++;
            }
        }
        while (!waitedFor.isEmpty() && (waitedFor.element().over || now - waitedFor.element().began >= TIMEOUT)) {
            Request first = waitedFor.remove();
            if (!first.over) {
                first.over = true;
                load.givenUp(first.counted);
                inFlight--;
                late++;
            }
        }
        if (now % LOOK == 0) {
            load.look(now, inFlight == 0 ? 0 : TIMEOUT * 3 / 4);
        }
    }
}
