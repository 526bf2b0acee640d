package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.fuzz.Attacker;
import io.coterie.rpc.internal.nio.fuzz.Campaign;
import io.coterie.rpc.internal.nio.fuzz.FuzzTarget;
import io.coterie.rpc.internal.nio.fuzz.Mutator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Handshakes that go wrong in all ways, many at once, each over a connection that the node must
 * have closed at the end.
 */
abstract class HandshakeAttack implements Campaign.Batch {
    private static final int AT_ONCE = 16;
    private static final int GARBAGE_BYTES = 2048;

    final FuzzTarget target;
    final List<byte[]> all = HandshakeSamples.all();

    /** What this attacker holds for the secret of the cluster, or null. */
    final @Nullable SharedSecret secret;

    HandshakeAttack(FuzzTarget target, @Nullable SharedSecret secret) {
        this.target = target;
        this.secret = secret;
    }

    /** One connection under attack. */
    static final class Victim {
        final Attacker attacker;
        final SplittableRandom random;
        final Mutator mutator;
        long bytes;

        /** Whether it may continue to wait for the rest of a frame. */
        boolean broken;

        Victim(Attacker attacker, SplittableRandom random) {
            this.attacker = attacker;
            this.random = random;
            this.mutator = new Mutator(random);
        }

        /** Says bodies in right frames, one time in eight with one that is broken. */
        void send(List<byte[]> bodies) {
            List<byte[]> frames = new ArrayList<>();
            bodies.forEach(body -> frames.add(HandshakeSamples.frame(body)));
            if (!frames.isEmpty() && mutator.oneIn(8)) {
                int at = random.nextInt(frames.size());
                frames.set(at, mutator.brokenFrame(frames.get(at), Frame.MAX_HANDSHAKE_BODY));
                broken = true;
            }
            ByteWriter out = new ByteWriter();
            frames.forEach(out::putBytes);
            send(out.toByteArray());
        }

        /** Sends what nothing can begin with, and sees the connection end. */
        void end() throws IOException {
            try (attacker) {
                int way = random.nextInt(16);
                if (way == 0) {
                    return;
                }
                if (way == 1) {
                    attacker.finish();
                } else {
                    send(Attacker.impossible(GARBAGE_BYTES));
                    attacker.provokeEnd();
                }
            }
        }

        private void send(byte[] sent) {
            bytes += sent.length;
            attacker.send(sent, random);
        }
    }

    /** Opens or takes a connection. */
    abstract Attacker open() throws IOException;

    /** Says what can be said before the node has answered. */
    abstract void begin(Victim victim) throws IOException;

    /** Says the rest. */
    abstract void continueWith(Victim victim) throws IOException;

    @Override
    public int run(SplittableRandom random) throws IOException {
        List<Victim> victims = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            Victim victim = new Victim(open(), random);
            victims.add(victim);
            begin(victim);
        }
        for (Victim victim : victims) {
            continueWith(victim);
        }
        long bytes = 0;
        for (Victim victim : victims) {
            victim.end();
            bytes += victim.bytes;
        }
        // A handshake costs more of the heap than a frame, for its connection, digests and logs.
        target.check(AT_ONCE * 4, bytes);
        return AT_ONCE;
    }
}
