package io.coterie.chaos.cluster;

import io.coterie.Coterie;
import io.coterie.MemberChange;
import io.coterie.Members;
import io.coterie.replication.ChangeRefusedException;
import java.util.function.Consumer;

/** What a replica is ordered to do about the members, and what it says about them. */
final class MemberOrders {
    private final Members members;
    private final Consumer<String> sink;
    private MemberChange last;

    MemberOrders(Coterie node, Consumer<String> sink) {
        this.members = node.members();
        this.sink = sink;
        members.addListener(view -> sink.accept(MemberLog.line(view)));
    }

    /**
     * Begins a change.
     *
     * @param words the order, a number for the change, and what to do: {@code add}, {@code remove},
     *     {@code force} to remove in any case, or {@code replace}, with the arguments of these
     */
    void begin(String[] words) {
        int number = Integer.parseInt(words[1]);
        last = begin(words[2], words);
        var unused = last.done().whenComplete((made, failure) -> {
            String outcome = failure == null
                    ? MemberLog.MADE
                    : failure instanceof ChangeRefusedException refusal
                            ? refusal.reason() + ": " + refusal.getMessage()
                            : failure.toString();
            sink.accept(MemberLog.line(number, outcome));
        });
    }

    private MemberChange begin(String kind, String[] words) {
        return switch (kind) {
            case "add" -> members.add(words[3], words[4]);
            case "remove" -> members.remove(words[3]);
            case "force" -> members.withForce(true).remove(words[3]);
            case "replace" -> members.replace(words[3], words[4], words[5]);
            default -> throw new IllegalArgumentException("no change is " + kind);
        };
    }

    /** Aborts the last change, unless it is over. */
    void abort() {
        var unused = last.abort();
    }
}
