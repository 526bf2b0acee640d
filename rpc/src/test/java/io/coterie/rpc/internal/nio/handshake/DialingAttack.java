package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.fuzz.Attacker;
import io.coterie.rpc.internal.nio.fuzz.FuzzTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Handshakes of unauthenticated peers that dial the node. */
public final class DialingAttack extends HandshakeAttack {
    private final List<byte[]> hellos;
    private final Map<Victim, List<byte[]>> said = new HashMap<>();

    public DialingAttack(FuzzTarget target, @Nullable SharedSecret secret) {
        super(target, secret);
        hellos = HandshakeSamples.hellos(secret == null ? Hello.NO_PROOF : Hello.SECRET);
    }

    @Override
    Attacker open() throws IOException {
        return new Attacker(target.address());
    }

    @Override
    void begin(Victim victim) {
        byte[] hello = victim.mutator.any(hellos);
        List<byte[]> bodies =
                secret == null ? List.of(hello, HandshakeSamples.MESSAGE, HandshakeSamples.PING) : List.of(hello);
        List<byte[]> mutated = victim.mutator.mutatedSequence(bodies, all);
        victim.send(mutated);
        said.put(victim, mutated);
    }

    /** To a challenge comes a proof that is right for what was said, and may then be changed. */
    @Override
    void continueWith(Victim victim) throws IOException {
        List<byte[]> bodies = said.remove(victim);
        if (secret == null || victim.broken || bodies == null || bodies.isEmpty()) {
            return;
        }
        byte[] challenge = victim.attacker.hear();
        if (challenge != null && challenge[0] == Frame.CHALLENGE) {
            List<byte[]> rest = new ArrayList<>();
            rest.add(new ByHand(secret).note(bodies.get(0)).note(challenge).proof());
            rest.add(HandshakeSamples.MESSAGE);
            rest.add(HandshakeSamples.PING);
            victim.send(victim.mutator.mutatedSequence(rest, all));
        }
    }
}
