package io.coterie.chaos.faults;

import io.coterie.chaos.cluster.Await;
import io.coterie.chaos.cluster.ChaosCluster;
import io.coterie.chaos.cluster.Folders;
import io.coterie.chaos.cluster.ReplicaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Members come and go, and lose their records: dead ones are replaced, others are added and
 * removed, and directories are deleted. Older copies of directories do not come back here: one is
 * recognised only while those that know a later start are neither cut off nor down.
 *
 * <p>One at a time, each until the members are settled: if a majority lost its records, nothing
 * could be promised. Other faults strike meanwhile, also the replica that comes and the one that was
 * asked for the change.
 */
public final class MemberFaults extends Faults {
    private static final int MIN_MEMBERS = 3;
    private static final int MAX_MEMBERS = 5;
    private static final int MAX_ATTEMPTS = 8;

    /** How long a change may take without any other fault: a newcomer may fail for a minute. */
    private static final Duration CALM_LIMIT = Duration.ofSeconds(150);

    private final Replicas replicas;
    private final Held held;

    /** How the last change ended. */
    private String ended = "";

    public MemberFaults(ChaosCluster cluster, Story story, Replicas replicas, Held held) {
        super(cluster, story, Long.reverse(replicas.seed()));
        this.replicas = replicas;
        this.held = held;
    }

    /**
     * Has all members lose their records, one after another: then all that they have has come to
     * them by changes. In the end only members run. To be called when all sources have ended.
     */
    public void loseAllRecords() throws Exception {
        for (String member : members()) {
            long begin = System.nanoTime();
            note(begin, loseRecords(member));
        }
        for (String guest : guests()) {
            drop(guest);
        }
    }

    @Override
    String strike() throws Exception {
        List<String> members = shuffled(List.copyOf(members()));
        String one = members.get(0);
        int kind = random.nextInt(100);
        if (kind < 40) {
            return replace(one);
        } else if (kind < 65) {
            return loseRecords(one);
        }
        boolean grows = members.size() < MAX_MEMBERS && (members.size() == MIN_MEMBERS || random.nextBoolean());
        return grows ? add() : remove(one);
    }

    private Set<String> members() {
        return cluster.members().newest().names();
    }

    /** Replicas that run and are no members. */
    private List<String> guests() {
        List<String> guests = new ArrayList<>(cluster.replicas());
        guests.removeAll(members());
        return guests;
    }

    private String replace(String old) throws Exception {
        held.take(old);
        cluster.kill(List.of(old));
        cluster.dismiss(old);
        String newcomer = newcomer(old);
        boolean made = ask(
                "replace " + old + " " + newcomer + " " + cluster.address(newcomer),
                names -> names.contains(newcomer) && !names.contains(old));
        if (made && random.nextBoolean()) {
            Folders.delete(cluster.directory(old));
        } else {
            // As it was before, or as somebody who does not know that it was replaced.
            cluster.admit(old);
            replicas.start(List.of(old));
        }
        held.release(List.of(old));
        return "kill " + old + ", and replace it by " + newcomer + endOf(made, newcomer);
    }

    private String add() throws Exception {
        String newcomer = newcomer("");
        boolean made = ask("add " + newcomer + " " + cluster.address(newcomer), names -> names.contains(newcomer));
        return "add " + newcomer + endOf(made, newcomer);
    }

    private String remove(String member) throws Exception {
        String order = random.nextBoolean() ? "remove " : "force ";
        ask(order + member, names -> !names.contains(member));
        return order + member + ended;
    }

    private String endOf(boolean made, String newcomer) throws Exception {
        if (!made) {
            drop(newcomer);
        }
        return ended;
    }

    /** A replica that is no member: one that was before and has its records, or an empty one. */
    private String newcomer(String dead) throws Exception {
        List<String> guests = guests();
        if (!guests.isEmpty() && random.nextBoolean()) {
            return guests.get(0);
        }
        for (String guest : guests) {
            drop(guest);
        }
        List<String> free = new ArrayList<>(cluster.names());
        free.removeAll(cluster.replicas());
        free.remove(dead);
        String name = shuffled(free).get(0);
        held.take(name);
        cluster.admit(name);
        replicas.start(List.of(name));
        held.release(List.of(name));
        return name;
    }

    private void drop(String name) throws Exception {
        held.take(name);
        cluster.dismiss(name);
        cluster.kill(List.of(name));
        Folders.delete(cluster.directory(name));
        held.release(List.of(name));
    }

    private String loseRecords(String member) throws Exception {
        held.take(member);
        cluster.kill(List.of(member));
        return startWithNothing(member, "delete the directory of " + member);
    }

    /** To be called with a dead member in hand, which is released. */
    private String startWithNothing(String member, String what) throws Exception {
        Folders.delete(cluster.directory(member));
        long lost = incarnation(member);
        long begin = System.nanoTime();
        replicas.start(List.of(member));
        held.release(List.of(member));
        await(member + " is a member with new records", () -> incarnation(member) != lost && isSettled());
        return what + "; it is a member again after " + seconds(Duration.ofNanos(System.nanoTime() - begin));
    }

    /**
     * Asks one replica after another for a change, until it is made, or was refused for good.
     * Returns whether it is made. Sometimes it is aborted.
     */
    private boolean ask(String change, Predicate<Set<String>> made) throws Exception {
        boolean aborts = random.nextInt(100) < 15;
        for (int attempt = 1; ; attempt++) {
            ReplicaProcess asked = anyAlive();
            int number = cluster.members().nextChange();
            asked.order("change " + number + " " + change);
            if (aborts) {
                rest(millis(0, 300));
                asked.order("abort");
            }
            await("the answer to \"" + change + "\"", () -> isOver(number, asked));
            await("the end of \"" + change + "\"", this::isSettled);
            String outcome = cluster.members().outcome(number);
            if (made.test(members())) {
                ended = ": made, in " + attempt + " attempts";
                return true;
            } else if (outcome != null && (aborts || attempt >= MAX_ATTEMPTS)) {
                ended = ": not made in " + attempt + " attempts; " + outcome;
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(random.nextLong(500));
        }
    }

    private ReplicaProcess anyAlive() throws InterruptedException {
        while (true) {
            for (String member : shuffled(List.copyOf(members()))) {
                if (cluster.replicas().contains(member)
                        && cluster.process(member).isAlive()) {
                    return cluster.process(member);
                }
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Whether a replica has said how a change ended, or can say no more. */
    private boolean isOver(int change, ReplicaProcess asked) throws InterruptedException {
        if (!asked.isAlive()) {
            asked.awaitEnd();
            return true;
        }
        return cluster.members().outcome(change) != null;
    }

    private boolean isSettled() {
        return !cluster.members().newest().isChanging();
    }

    /** That of a member's records; 0 if it is none. */
    private long incarnation(String name) {
        return cluster.members().newest().members().getOrDefault(name, 0L);
    }

    /** Waits as long as there are other faults, and for some time afterwards. */
    private void await(String what, Await.Condition<Exception> condition) throws Exception {
        long begin = System.nanoTime();
        while (!condition.holds()) {
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
            if (waited.compareTo(CALM_LIMIT) > 0 && sinceEnd().compareTo(CALM_LIMIT) > 0) {
                throw new AssertionError("not within " + CALM_LIMIT.toSeconds() + " s without any other fault: " + what
                        + "; " + cluster.members().newest());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
