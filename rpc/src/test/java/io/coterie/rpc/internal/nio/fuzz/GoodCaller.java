package io.coterie.rpc.internal.nio.fuzz;

import io.coterie.rpc.Await;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A node that means well: calls another one all the time, and writes down the first answer that is
 * wrong or missing.
 */
final class GoodCaller implements AutoCloseable {
    static final NodeId NAME = NodeId.of("good");
    private static final CallOptions OPTIONS = CallOptions.within(Duration.ofSeconds(20));
    private static final long PACE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final FuzzNode self;
    private final NodeId target;
    private final Thread thread = new Thread(this::callOn, "fuzz-good-caller");
    private final SplittableRandom random = new SplittableRandom();
    private volatile boolean closing;
    private volatile @Nullable String problem;
    private volatile long answers;

    GoodCaller(FuzzNode target, @Nullable SharedSecret secret) {
        this.target = target.node.self();
        self = new FuzzNode(FuzzNode.settings(NAME.name(), null, Map.of(this.target, target.address()), secret));
        Await.until("the good connection", () -> self.node.isConnected(this.target));
        thread.start();
    }

    /** How many right answers there were. */
    long answers() {
        return answers;
    }

    /** What was wrong, or null. */
    @Nullable
    String problem() {
        return problem;
    }

    private void callOn() {
        while (!closing && problem == null) {
            RpcMethod<String, String> method = random.nextInt(8) == 0 ? FuzzNode.ONCE : FuzzNode.ECHO;
            call(method, "%x ".formatted(random.nextLong()).repeat(1 + random.nextInt(100)));
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // This thread alone counts.
    private void call(RpcMethod<String, String> method, String text) {
        try {
            String answer = self.node.call(target, method, text, OPTIONS).get(30, TimeUnit.SECONDS);
            if (answer.equals(text)) {
                answers++;
            } else {
                problem = method.name() + " of '" + text + "' got '" + answer + "'";
            }
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            problem = method.name() + " after " + answers + " right answers got " + e;
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        self.close();
    }
}
