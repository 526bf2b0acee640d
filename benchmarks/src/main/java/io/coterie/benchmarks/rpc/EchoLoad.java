package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.harness.InFlight;
import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.raw.RawEcho;
import io.coterie.benchmarks.tested.EchoClient;
import java.io.Closeable;
import java.io.IOException;

/** A client that calls in a closed loop. */
public record EchoLoad(Load load, Closeable client) implements Closeable {
    static EchoLoad of(RawEcho raw) {
        return new EchoLoad(raw, raw);
    }

    static EchoLoad of(EchoClient client, int inFlight) {
        return new EchoLoad(new InFlight(inFlight, client), client);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
