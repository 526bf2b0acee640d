package io.coterie.rpc.internal.nio.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.handshake.Hello;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import io.coterie.rpc.internal.wire.SampleMessages;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Frames of a peer that has done its handshake and then sends what no peer sends, and answers as it
 * likes. Each batch ends with a request that must be answered rightly, unless it holds a frame that
 * costs the connection.
 */
final class MessageAttack implements Campaign.Batch, AutoCloseable {
    private static final int FRAMES = 200;
    private static final int NAMES = 50;
    private static final int MAX_CALLS = 500;
    private static final CallOptions SHORT = CallOptions.within(Duration.ofMillis(500));

    private final FuzzTarget target;
    private final List<byte[]> corpus = FuzzNode.messages();
    private final byte[] large = SampleMessages.request(FuzzNode.BYTES, new byte[90_000], 5);
    private final Overheard overheard = new Overheard();
    private final Deque<CompletableFuture<?>> calls = new ArrayDeque<>();
    private @Nullable Attacker attacker;
    private int connections;
    private boolean breaks;

    MessageAttack(FuzzTarget target) {
        this.target = target;
    }

    @Override
    public int run(SplittableRandom random) throws Exception {
        Attacker to = connected();
        callTheAttacker();
        List<byte[]> frames = frames(random);
        ByteWriter all = new ByteWriter();
        frames.forEach(all::putBytes);
        long correlation = random.nextLong();
        byte[] asked = Long.toHexString(random.nextLong()).getBytes(StandardCharsets.UTF_8);
        byte[] request = SampleMessages.request(FuzzNode.BYTES, asked, correlation);
        to.send(all.putBytes(Intruder.frame(Frame.MESSAGE, request)).toByteArray(), random);
        if (breaks) {
            to.finish();
            attacker = null;
            to.close();
        } else {
            byte[] answer = awaitAnswer(to, correlation);
            if (answer == null) {
                throw new AssertionError("messages in whole frames cost the connection");
            }
            assertArrayEquals(asked, answer);
        }
        try {
            target.check(frames.size(), all.size());
        } catch (AssertionError e) {
            close();
            throw new AssertionError(culprit(frames) + "\n" + e.getMessage(), e);
        }
        return frames.size();
    }

    private List<byte[]> frames(SplittableRandom random) {
        Mutator mutator = new Mutator(random);
        List<byte[]> frames = new ArrayList<>();
        breaks = false;
        for (int i = 0; i < FRAMES; i++) {
            byte[] message = mutator.mutated(mutator.oneIn(4000) ? List.of(large) : corpus);
            overheard.useFor(message, random);
            breaks |= message.length > FuzzNode.MAX_MESSAGE;
            byte type = mutator.oneIn(100) ? (byte) (Frame.PING + random.nextInt(2)) : Frame.MESSAGE;
            if (mutator.oneIn(1500)) {
                type = (byte) random.nextInt(256);
                breaks |= type != Frame.MESSAGE && type != Frame.PING && type != Frame.PONG;
            }
            byte[] frame = Intruder.frame(type, message);
            if (mutator.oneIn(1500)) {
                frame = mutator.brokenFrame(frame, FuzzNode.MAX_MESSAGE + 1);
                breaks = true;
            }
            frames.add(frame);
        }
        return frames;
    }

    private Attacker connected() throws IOException {
        if (attacker == null) {
            attacker = connect();
        }
        return attacker;
    }

    private Attacker connect() throws IOException {
        connections++;
        Attacker fresh = new Attacker(target.address());
        Hello hello = Intruder.hello(name().name(), FuzzTarget.NAME.name(), connections);
        fresh.send(Intruder.frame(Frame.HELLO, hello::writeTo), new SplittableRandom(0));
        byte[] answer = fresh.hear();
        assertNotNull(answer, "no answer to a valid hello");
        assertEquals(Frame.WELCOME, answer[0]);
        return fresh;
    }

    private NodeId name() {
        return NodeId.of("m" + connections % NAMES);
    }

    /** So that there are calls which answers can meet; each must end, in whatever way. */
    private void callTheAttacker() throws Exception {
        calls.add(target.server.node.call(name(), FuzzNode.ECHO, "to the attacker", SHORT));
        calls.add(target.server.node.call(name(), FuzzNode.LONG, 5L, SHORT));
        calls.add(target.server.node.call(name(), FuzzNode.ONCE, "once", SHORT));
        while (calls.size() > MAX_CALLS) {
            try {
                calls.remove().get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertEquals(true, e.getCause() instanceof RpcException, () -> "a call ended with " + e.getCause());
            }
        }
    }

    /** The answer to the one right request, or null where the node hangs up. */
    private byte @Nullable [] awaitAnswer(Attacker from, long correlation) throws IOException {
        for (byte[] body = from.hear(); body != null; body = from.hear()) {
            if (body[0] == Frame.MESSAGE) {
                byte[] message = Arrays.copyOfRange(body, 1, body.length);
                overheard.note(message);
                byte[] payload = SampleMessages.payloadOfReplyTo(message, correlation);
                if (payload != null) {
                    return payload;
                }
            }
        }
        return null;
    }

    /** The first frame that does harm by itself, each sent over a connection of its own. */
    private String culprit(List<byte[]> frames) throws IOException {
        target.clearErrors();
        for (byte[] frame : frames) {
            try (Attacker alone = connect()) {
                alone.send(frame, new SplittableRandom(0));
                alone.finish();
            }
            try {
                target.check(1, frame.length);
            } catch (AssertionError e) {
                return "the frame " + HexFormat.of().formatHex(frame);
            }
        }
        return "no frame does it by itself";
    }

    @Override
    public void close() {
        if (attacker != null) {
            attacker.close();
            attacker = null;
        }
    }
}
