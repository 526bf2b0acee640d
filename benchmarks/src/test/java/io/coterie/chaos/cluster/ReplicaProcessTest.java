package io.coterie.chaos.cluster;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaProcessTest {
    private static final ReplicaProcess.Settings SETTINGS = new ReplicaProcess.Settings(64, Duration.ofSeconds(1));

    @TempDir
    Path folder;

    @Test
    void aPausedReplicaEndsWithItsParent() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Bearing.class.getName(),
                        folder.toString())
                .redirectError(Redirect.DISCARD)
                .start();
        BufferedReader said = parent.inputReader();
        String pid = said.readLine();
        assertNotNull(pid, "the parent did not start a replica");
        ProcessHandle replica = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        assertTrue(replica.isAlive());

        parent.destroyForcibly();

        replica.onExit().get(30, TimeUnit.SECONDS);
        assertFalse(replica.isAlive());
    }

    @Test
    void aStoppedReplicaStartsAgainInItsDirectory() throws Exception {
        for (int start = 1; start <= 2; start++) {
            ReplicaProcess replica = start(folder, start);
            assertTrue(replica.awaitReady() > 0);
            replica.order("stop");
            replica.awaitEnd();
        }
        assertTrue(Files.exists(folder.resolve("a")));
    }

    @Test
    void aSlowedReplicaAnswersNowAndThenAndRecovers() throws Exception {
        ReplicaProcess replica = start(folder, 1);
        replica.awaitReady();
        Process slow = replica.slow(Duration.ofSeconds(1));
        int held = 0;
        while (slow.isAlive()) {
            long asked = System.nanoTime();
            replica.order("time");
            replica.await("time ", 10);
            held += System.nanoTime() - asked > MILLISECONDS.toNanos(10) ? 1 : 0;
        }
        assertEquals(0, slow.waitFor());
        // It was stopped forty times, and most stops met an answer in flight.
        assertTrue(held >= 20, "held up " + held + " times");
        replica.order("stop");
        replica.awaitEnd();
    }

    private static ReplicaProcess start(Path folder, int number) throws IOException {
        return new ReplicaProcess(
                "a", number, folder.resolve("a"), List.of("a"), Map.of("a", "a:1"), SETTINGS, new MemberLog()::read);
    }

    /** Has a paused replica, and leaves it alone. */
    static final class Bearing {
        public static void main(String[] args) throws IOException {
            ReplicaProcess replica = start(Path.of(args[0]), 1);
            replica.awaitReady();
            replica.pause(Duration.ofSeconds(2));
            System.out.println(replica.pid());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
