package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.replica.Registers;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A full round of one key under the joint quorum of a, b, c and a, c, d, whose messages take some
 * time.
 */
final class JointRound {
    private static final List<String> GROUP = List.of("a", "b", "c");
    private static final List<String> NEXT = List.of("a", "c", "d");

    private final TransferWorld world;
    private final SimRandom random;
    private final RecordKey key;
    private final Ballot ballot;
    private final Consumer<Boolean> done;
    private final Map<String, PrepareAnswer> promises = new TreeMap<>();
    private final Map<String, Boolean> accepted = new TreeMap<>();
    private boolean over;

    JointRound(TransferWorld world, SimRandom random, RecordKey key, Ballot ballot, Consumer<Boolean> done) {
        this.world = world;
        this.random = random;
        this.key = key;
        this.ballot = ballot;
        this.done = done;
    }

    void start() {
        for (String name : TransferWorld.REPLICAS) {
            ReplicaMethods.Prepare request = new ReplicaMethods.Prepare(key, ballot);
            late(
                    name,
                    registers -> registers.prepare(
                            NodeId.of(name), request, TransferWorld.answer(promise -> promised(name, promise))));
        }
        world.simulation.after(Duration.ofSeconds(1), () -> end(false));
    }

    private void promised(String name, PrepareAnswer promise) {
        if (promise.granted() && !isJoint(promises)) {
            promises.put(name, promise);
            if (isJoint(promises)) {
                propose();
            }
        }
    }

    private void propose() {
        byte[] state = promises.values().stream()
                .reduce((one, other) -> one.accepted().isAbove(other.accepted()) ? one : other)
                .orElseThrow()
                .state();
        if (state == null) {
            end(true);
            return;
        }
        for (String name : TransferWorld.REPLICAS) {
            ReplicaMethods.Accept request = new ReplicaMethods.Accept(key, ballot, state, ballot);
            late(
                    name,
                    registers -> registers.accept(
                            NodeId.of(name), request, TransferWorld.answer(answer -> accepted(name, answer))));
        }
    }

    private void accepted(String name, AcceptAnswer answer) {
        if (answer.accepted()) {
            accepted.put(name, true);
        }
        if (isJoint(accepted)) {
            end(true);
        }
    }

    private void end(boolean settled) {
        if (!over) {
            over = true;
            done.accept(settled);
        }
    }

    private static boolean isJoint(Map<String, ?> answers) {
        return GROUP.stream().filter(answers::containsKey).count() >= 2
                && NEXT.stream().filter(answers::containsKey).count() >= 2;
    }

    private void late(String name, Consumer<Registers> action) {
        world.simulation.after(
                random.between(Duration.ZERO, Duration.ofMillis(20)),
                () -> world.on(name, replica -> action.accept(replica.replica().registers())));
    }
}
