package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.Responder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks of requests before a replica does anything for them. Each takes a bounded time, and looks
 * at no more than the head of a state, unless the state is accepted again.
 */
final class RequestChecks {
    private static final String FAULT =
            "; the calling node has a bug, or runs another version: stop it, and run the same version at all nodes";

    private RequestChecks() {}

    /**
     * Whether the replica has the store; if not, the request is refused.
     */
    static boolean knows(RecordKey key, DurableAnswers answers, ReplicaTables tables, Responder<?> answer) {
        if (!answers.hasStorage(answer)) {
            return false;
        }
        if (!tables.knowsStore(key.store())) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.UNKNOWN_STORE, "the caller has not opened the store at this replica yet"));
            return false;
        }
        return true;
    }

    /** Whether the store may have registers; if not, the request is refused. */
    static boolean takesRegisters(StoreRules rules, Responder<?> answer) {
        return rules.takesRegisters() || refuse("the store is eventual, and has no ballots" + FAULT, answer);
    }

    /** Whether the store may have versioned values; if not, the request is refused. */
    static boolean takesVersioned(StoreRules rules, Responder<?> answer) {
        return rules.takesVersioned() || refuse("the store is strong, and accepts no versioned values" + FAULT, answer);
    }

    static boolean isFit(ReplicaMethods.Prepare request, StoreRules rules, Responder<?> answer) {
        return isFit(request.key(), answer) && isFit(request.ballot(), rules, answer);
    }

    /** @param acceptor of the key */
    static boolean isFit(
            ReplicaMethods.Accept request, StoreRules rules, Acceptor acceptor, boolean again, Responder<?> answer) {
        if (!isFit(request.key(), answer) || !isFit(request.ballot(), rules, answer)) {
            return false;
        }
        if (!rules.isState(request.state(), request.ballot())) {
            return refuse(request.state().length + " bytes are not a state of this store" + FAULT, answer);
        }
        byte[] accepted = again && rules.checksRegisters() ? acceptor.state() : null;
        return accepted == null
                || Arrays.equals(accepted, request.state())
                || refuse("ballot " + request.ballot() + " was used for another state" + FAULT, answer);
    }

    /** @param acceptor of the key */
    static boolean isFit(Known.Register known, StoreRules rules, Acceptor acceptor, Responder<?> answer) {
        byte[] state = known.state();
        return state == null
                ? isFit(known.key(), answer)
                : isFit(
                        new ReplicaMethods.Accept(known.key(), known.accepted(), state, known.promised()),
                        rules,
                        acceptor,
                        acceptor.isAccepted(known.accepted()),
                        answer);
    }

    static boolean isFit(ReplicaMethods.Merge request, Responder<?> answer) {
        return isFit(request.key(), answer);
    }

    static boolean isFit(RecordKey key, Responder<?> answer) {
        return key.length() <= RecordKey.MAX_BYTES
                || refuse(
                        "the key has " + key.length() + " bytes, and a replica accepts up to " + RecordKey.MAX_BYTES
                                + ": use a shorter key, such as a hash",
                        answer);
    }

    private static boolean isFit(Ballot ballot, StoreRules rules, Responder<?> answer) {
        return ballot.counter() > 0
                || !rules.checksRegisters()
                || refuse("ballot " + ballot + " is not one that a coordinator makes" + FAULT, answer);
    }

    private static boolean refuse(String what, Responder<?> answer) {
        answer.fail(new ReplicaRefusal(RefusalKind.WRONG_REQUEST, what));
        return false;
    }

    /**
     * What is wrong with a store that is to be recorded, given the one that has its number already;
     * null if nothing is.
     */
    static @Nullable String problem(StoreSpec store, @Nullable StoreSpec sameNumber) {
        return sameNumber == null || sameNumber.equals(store)
                ? null
                : "store \"" + store.name() + "\" has the same number as store \"" + sameNumber.name()
                        + "\": choose another name";
    }
}
