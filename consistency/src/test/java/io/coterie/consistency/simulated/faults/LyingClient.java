package io.coterie.consistency.simulated.faults;

import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.consistency.internal.wire.ForwardRequest;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimRandom;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A client that lies wherever the protocol takes its word: asks for promises of
 * ballots that are absurd, or as high as is taken; for keys to be forgotten, with floors as high;
 * and for batches to be applied under timestamps as high. It changes no value.
 */
public final class LyingClient {
    private static final Duration MAX_PAUSE = Duration.ofMillis(80);
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long STORE = new StoreSpec("store", "strong").id();

    private final NodeReplication replication;
    private final Supplier<String> keys;
    private final SimRandom random;
    private boolean stopped;

    public LyingClient(NodeReplication replication, Supplier<String> keys, SimRandom random) {
        this.replication = replication;
        this.keys = keys;
        this.random = random;
    }

    public void start() {
        long pause = random.between(Duration.ZERO, MAX_PAUSE).toNanos();
        replication.world().scheduler().schedule(pause, () -> {
            if (!stopped) {
                lie();
                start();
            }
        });
    }

    public void stop() {
        stopped = true;
    }

    private void lie() {
        byte[] key = keys.get().getBytes(StandardCharsets.UTF_8);
        RecordKey record = new RecordKey(STORE, key);
        int kind = random.nextInt(4);
        if (kind == 0) {
            replication.read(record, deadline(), (replica, answer) -> {
                replication.remove(record, answer.accepted(), ballot(), deadline(), unheard());
                return true;
            });
        } else if (kind == 1) {
            NodeId home = replication
                    .replicas()
                    .get(random.nextInt(replication.replicas().size()));
            // If it is applied all the same, a value is gone that nobody deleted.
            Forwarded batch = new Forwarded(
                    random.nextLong(), absurd(), List.of(new StrongCommand.Apply(new Operation.Delete())));
            var unused = replication
                    .node()
                    .call(
                            home,
                            ForwardRequest.method("store"),
                            new ForwardRequest(key, PATIENCE.toNanos(), batch),
                            CallOptions.within(PATIENCE));
        } else {
            replication.prepare(record, ballot(), deadline(), unheard());
        }
    }

    /** Absurd, or as high as is taken by a clock that is right. */
    private Ballot ballot() {
        long highest = (replication.world().clock().wallMillis() + DAY_MILLIS) << 16;
        return new Ballot(random.chance(0.8) ? absurd() : highest, random.nextLong());
    }

    private long absurd() {
        return Long.MAX_VALUE - random.nextInt(3);
    }

    private long deadline() {
        return replication.world().clock().nanos() + PATIENCE.toNanos();
    }

    private static <A> ResponseCollector<A> unheard() {
        return new ResponseCollector<>() {
            @Override
            public boolean onAnswer(NodeId replica, A answer) {
                return false;
            }

            @Override
            public boolean asksAgain(NodeId replica, int failures) {
                return false;
            }
        };
    }
}
