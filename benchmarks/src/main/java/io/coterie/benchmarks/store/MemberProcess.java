package io.coterie.benchmarks.store;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.MemberChange;
import io.coterie.UnthrottledTransfers;
import io.coterie.benchmarks.harness.Child;
import io.coterie.benchmarks.harness.Parent;
import io.coterie.replication.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A replica in a JVM of its own that can be killed, and asked to replace a member. */
final class MemberProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Child child;

    /**
     * A change that was made.
     *
     * @param nanos from the call to the end
     * @param bytes about how many bytes were sent to the next members
     */
    record Change(long nanos, long keys, long bytes) {
        private static Change of(String answer) {
            String[] numbers = answer.split(" ", -1);
            return new Change(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
        }

        private String toAnswer() {
            return nanos + " " + keys + " " + bytes;
        }
    }

    private MemberProcess(Child child) {
        this.child = child;
    }

    /**
     * Starts a replica, and waits until it listens.
     *
     * @param folder where it has a directory of its own
     * @param throttled whether changes that it drives leave time to other requests
     * @param list the name and the address of each replica
     */
    static MemberProcess start(String name, Path folder, boolean throttled, Map<String, String> list)
            throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of(name, folder.resolve(name).toString(), Boolean.toString(throttled)));
        list.forEach((replica, address) -> arguments.addAll(List.of(replica, address)));
        return new MemberProcess(Child.start(MemberProcess.class, arguments.toArray(String[]::new)));
    }

    /** Has a running replica take the place of a dead member, and waits until it has. */
    Change replace(String old, String name, String address) {
        return Change.of(child.ask(String.join(" ", old, name, address)));
    }

    void kill() throws InterruptedException {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }

    /**
     * Runs until the parent is done.
     *
     * @param args as {@link #start} gives them
     */
    public static void main(String[] args) throws IOException {
        CoterieBuilder builder = Coterie.builder()
                .cluster(CoterieNode.CLUSTER)
                .self(args[0])
                .storage(Storage.directory(Path.of(args[1])));
        for (int i = 3; i < args.length; i += 2) {
            builder.replica(args[i], args[i + 1]);
        }
        boolean throttled = Boolean.parseBoolean(args[2]);
        try (Coterie node = (throttled ? builder : UnthrottledTransfers.on(builder)).start()) {
            Parent.attend(
                    args[0], question -> replace(node, question.split(" ")).toAnswer());
        }
    }

    private static Change replace(Coterie node, String[] words) {
        long begin = System.nanoTime();
        MemberChange change = node.members().replace(words[0], words[1], words[2]);
        // Once a change is over, its progress is no longer known.
        MemberChange.Progress most = change.progress();
        while (!change.done().toCompletableFuture().isDone()) {
            MemberChange.Progress now = change.progress();
            most = now.keysDone() >= most.keysDone() ? now : most;
            LockSupport.parkNanos(LOOK_NANOS);
        }
        long nanos = System.nanoTime() - begin;
        try {
            change.await(LIMIT);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
        return new Change(nanos, most.keysDone(), most.bytes());
    }
}
