package io.coterie.quickstart;

import io.coterie.Coterie;
import io.coterie.MemberChange;
import io.coterie.MembersView;
import io.coterie.Status;
import io.coterie.replication.ChangeRefusedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * What a replica is asked to do about the members. Each order is a line, and is answered with the
 * number of keys that were moved, or with why none were.
 */
final class Orders {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final long LOOK_MILLIS = 2;

    private final Coterie replica;

    Orders(Coterie replica) {
        this.replica = replica;
    }

    /** To have a new replica take the place of a dead one. */
    static String replace(String old, String name, String address) {
        return String.join(" ", "replace", old, name, address);
    }

    /** To wait until a replica that has lost those records is a member again. */
    static String heal(String name, long lost) {
        return String.join(" ", "heal", name, Long.toString(lost));
    }

    /** Which records of a replica are a member's; 0 if none are. */
    static long incarnation(MembersView view, String name) {
        return view.members().stream()
                .filter(member -> member.name().name().equals(name) && !member.isLeaving())
                .mapToLong(member -> member.incarnation())
                .findFirst()
                .orElse(0);
    }

    /** Carries an order out on a thread of its own. */
    void obey(String line) {
        Thread thread = new Thread(() -> System.out.println(answer(line.split(" "))), "order");
        thread.setDaemon(true);
        thread.start();
    }

    private String answer(String[] words) {
        try {
            if (words[0].equals("replace")) {
                MemberChange change = replica.members().replace(words[1], words[2], words[3]);
                long keys = keysUntil(() -> change.done().toCompletableFuture().isDone());
                change.await(LIMIT);
                return Long.toString(keys);
            }
            long lost = Long.parseLong(words[2]);
            return Long.toString(keysUntil(() -> isHealed(words[1], lost)));
        } catch (ChangeRefusedException refused) {
            return String.valueOf(refused.getMessage());
        } catch (TimeoutException | InterruptedException e) {
            return e.toString();
        }
    }

    private boolean isHealed(String name, long lost) {
        MembersView view = replica.members().view();
        long now = incarnation(view, name);
        return !view.isChanging() && now != lost && now != 0;
    }

    /** How many keys this replica knows to be moved by a change; it knows all if it drives it. */
    private long keysUntil(BooleanSupplier over) throws InterruptedException {
        long keys = 0;
        while (!over.getAsBoolean()) {
            Status.ChangeStatus change = replica.status().change();
            MemberChange.Progress progress = change == null ? null : change.progress();
            keys = Math.max(keys, progress == null ? 0 : progress.keysDone());
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return keys;
    }
}
