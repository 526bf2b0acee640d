package io.coterie.quickstart;

import io.coterie.Coterie;
import io.coterie.Status;
import io.coterie.replication.ReplicaState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts a cluster, writes to it all the time, kills a replica and puts a new one in its place,
 * deletes the records of another, kills all replicas, restarts them, and reads back everything that
 * was acknowledged. Ends with status 0 if no operation failed, nothing was lost, and the kill of
 * one replica kept no caller waiting for longer than a bound.
 */
public final class Quickstart {
    private static final List<String> ALL = List.of("a", "b", "c");
    private static final List<String> AFTERWARDS = List.of("a", "c", "d");
    private static final int MAX_PAUSE_MILLIS = 1000;
    private static final long MAX_STORY_SECONDS = 600;

    /** How often a change of the members is begun: on a busy machine a replica may seem dead. */
    private static final int ATTEMPTS = 5;

    private static final long POLL_MILLIS = 10;

    private final Story story;
    private final Cluster cluster;
    private final Coterie client;
    private final Load load;
    private final long longestPause;

    private Quickstart(Story story, Cluster cluster, Coterie client, Load load, long longestPause) {
        this.story = story;
        this.cluster = cluster;
        this.client = client;
        this.load = load;
        this.longestPause = longestPause;
    }

    /**
     * Takes one argument at most: how many milliseconds a caller may wait for an operation when one
     * replica is killed. The default is 1000. Raise it on a busy machine.
     */
    public static void main(String[] args) {
        endWithParent();
        endInAnyCase();
        int longestPauseMillis = args.length == 0 ? MAX_PAUSE_MILLIS : Integer.parseInt(args[0]);
        System.exit(run(TimeUnit.MILLISECONDS.toNanos(longestPauseMillis)) ? 0 : 1);
    }

    private static boolean run(long longestPause) {
        Story story = new Story();
        story.begin("Coterie: three replicas and a client, each a process of its own on this machine");
        story.print("starting replicas %s", String.join(", ", ALL));
        try (Cluster cluster = Cluster.start(ALL);
                Coterie client = cluster.startClient();
                Load load = new Load(client)) {
            return new Quickstart(story, cluster, client, load, longestPause).play();
        } catch (IOException | InterruptedException | RuntimeException e) {
            story.print("FAILED: %s", e);
            return false;
        }
    }

    private boolean play() throws IOException, InterruptedException {
        awaitVotes();
        story.print("they vote, with their records under %s", cluster.directory());
        printStatus();
        write();
        Meter.Pauses pauses = killOne();
        replaceIt();
        loseDisk();
        killAll();
        Caller.Written written = load.stop();
        story.print("the callers stop");
        return readBack(written, pauses);
    }

    private void write() throws InterruptedException {
        story.chapter("%d callers write; each is answered when its value is on two disks", Load.CALLERS);
        load.start();
        watch(5);
    }

    private Meter.Pauses killOne() throws InterruptedException {
        story.chapter(
                "kill -9 %d: replica b, in the middle of it",
                cluster.process("b").pid());
        load.meter().watchPauses();
        cluster.kill(List.of("b"));
        watch(2);
        Meter.Pauses pauses = load.pauses();
        printEnds();
        story.print(
                "the longest wait of a caller was %s; without any answer, to anyone, passed at most %s",
                Story.millis(pauses.longestWait()).strip(),
                Story.millis(pauses.longestSilence()).strip());
        printStatus();
        return pauses;
    }

    private void replaceIt() throws IOException, InterruptedException {
        story.chapter("replica d starts with an empty directory, and a is asked to have it take the place of b");
        long begin = beginChange();
        cluster.startInPlaceOf("b", "d");
        String order = Orders.replace("b", "d", cluster.address("d"));
        ReplicaProcess a = cluster.process("a");
        String answer = watch(() -> a.ask(order));
        for (int i = 1; i < ATTEMPTS && !isNumber(answer); i++) {
            story.print("not yet: %s", answer);
            answer = watch(() -> a.ask(order));
        }
        endChange("a, c and d are the members", answer, begin);
    }

    private void loseDisk() throws IOException, InterruptedException {
        story.chapter(
                "kill -9 %d: replica c. Its directory is deleted, and it starts again",
                cluster.process("c").pid());
        long begin = beginChange();
        String order = Orders.heal("c", Orders.incarnation(client.members().view(), "c"));
        cluster.kill(List.of("c"));
        cluster.deleteDirectory("c");
        CompletableFuture<String> seenAtA = begin(() -> cluster.process("a").ask(order));
        cluster.startReplicas(List.of("c"));
        String seenAtD = watch(() -> cluster.process("d").ask(order));
        String more = Long.toString(Math.max(Long.parseLong(seenAtD), Long.parseLong(seenAtA.join())));
        endChange("nobody had to ask: it is a member again", more, begin);
    }

    private long beginChange() {
        load.meter().watchPauses();
        load.meter().read();
        return System.nanoTime();
    }

    private void endChange(String what, String keys, long begin) throws InterruptedException {
        if (!isNumber(keys)) {
            throw new IllegalStateException(keys);
        }
        awaitVotes();
        story.print(
                "%s after %s: %,d keys were moved, and the longest wait of a caller was %s",
                what,
                Story.seconds(System.nanoTime() - begin),
                Long.parseLong(keys),
                Story.millis(load.pauses().longestWait()).strip());
        printStatus();
    }

    private static boolean isNumber(String answer) {
        return answer.chars().allMatch(Character::isDigit);
    }

    private void killAll() throws IOException, InterruptedException {
        story.chapter("kill -9 of all three at once, in the middle of it");
        load.meter().watchPauses();
        cluster.kill(AFTERWARDS);
        watch(1);
        printStatus();
        long begin = System.nanoTime();
        long before = load.meter().ends().acknowledged();
        story.print("all three start again in their directories");
        cluster.startReplicas(AFTERWARDS);
        while (load.meter().ends().acknowledged() == before) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        story.print("the first answer came after %s", Story.seconds(System.nanoTime() - begin));
        load.meter().read();
        watch(2);
        printEnds();
        story.print(
                "the longest wait of a caller was %s",
                Story.seconds(load.pauses().longestWait()));
    }

    private boolean readBack(Caller.Written written, Meter.Pauses pauses) {
        story.chapter("reading back every acknowledged key");
        Caller.Found found = load.readBack();
        long counter = load.counter();
        Meter.Ends ends = load.meter().ends();
        story.print(
                "%,d keys: %,d as written, %d lost, %d wrong",
                written.keys(), found.right(), found.lost(), found.wrong());
        story.print("counter: %,d steps acknowledged, and it stands at %,d", written.steps(), counter);
        boolean kept = found.right() == written.keys() && written.keys() > 0;
        boolean counted = counter >= written.steps() && counter <= written.steps() + written.unknownSteps();
        boolean quick = pauses.longestWait() <= longestPause;
        boolean passed = kept && counted && quick && ends.allAcknowledged();
        story.print("longest pause: the longest that any caller waited for one operation around the kill of replica b");
        story.chapter(
                "%s: %,d operations, %d failed, %d of unknown outcome; %d keys lost; longest pause %s, at most %s allowed",
                passed ? "PASSED" : "FAILED",
                ends.acknowledged(),
                ends.failed(),
                ends.unknown(),
                found.lost() + found.wrong(),
                Story.millis(pauses.longestWait()).strip(),
                Story.millis(longestPause).strip());
        return passed;
    }

    private void printEnds() {
        Meter.Ends ends = load.meter().ends();
        story.print(
                "%,d operations so far: %d failed, %d of unknown outcome",
                ends.acknowledged(), ends.failed(), ends.unknown());
        if (ends.firstFailure() != null) {
            story.print("the first failure: %s", ends.firstFailure());
        }
    }

    private void printStatus() {
        for (Status.ReplicaStatus replica : client.status().replicas()) {
            story.print("   %s", replica);
        }
        story.print("   %s", client.status().stores().get(0));
    }

    /** Prints a line each second. */
    private void watch(int seconds) throws InterruptedException {
        load.meter().read();
        for (int i = 0; i < seconds; i++) {
            TimeUnit.SECONDS.sleep(1);
            story.progress(load.meter().read());
        }
    }

    /** Prints a line each second until a replica has answered, and returns its answer. */
    private String watch(Callable<String> question) throws InterruptedException {
        CompletableFuture<String> answer = begin(question);
        while (true) {
            try {
                return answer.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException notYet) {
                story.progress(load.meter().read());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a replica does not answer", e);
            }
        }
    }

    private static CompletableFuture<String> begin(Callable<String> question) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return question.call();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    private void awaitVotes() throws InterruptedException {
        while (!client.status().replicas().stream().allMatch(replica -> replica.state() == ReplicaState.VOTING)) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Maven may be killed, and nobody would stop the replicas then. */
    private static void endWithParent() {
        ProcessHandle.current().parent().ifPresent(parent -> {
            Thread watch = new Thread(
                    () -> {
                        parent.onExit().join();
                        System.exit(1);
                    },
                    "parent");
            watch.setDaemon(true);
            watch.start();
        });
    }

    private static void endInAnyCase() {
        CompletableFuture.delayedExecutor(MAX_STORY_SECONDS, TimeUnit.SECONDS).execute(() -> {
            System.out.println("FAILED: no end after " + MAX_STORY_SECONDS + " s");
            System.exit(1);
        });
    }
}
