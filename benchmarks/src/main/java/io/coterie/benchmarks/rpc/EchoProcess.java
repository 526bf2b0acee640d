package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.harness.Child;
import io.coterie.benchmarks.harness.Parent;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.tested.TestedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An echo's serving side in a JVM of its own. */
public final class EchoProcess implements TestedServer {
    private static final String COMPILED_MILLIS = "compiled-millis";

    private final Child child;

    private EchoProcess(Child child) {
        this.child = child;
    }

    public static EchoProcess start(String system, int bytes) throws IOException {
        List<String> args = new ArrayList<>(List.of(system, Integer.toString(bytes)));
        if (system.equals(Echoes.TLS)) {
            args.add(Keystore.file().toString());
        }
        return new EchoProcess(Child.start(EchoProcess.class, args.toArray(String[]::new)));
    }

    @Override
    public int port() {
        return Integer.parseInt(child.firstLine());
    }

    /** As {@link WarmUp#compiledMillis}, of the other JVM. */
    public long compiledMillis() {
        return Long.parseLong(child.ask(COMPILED_MILLIS));
    }

    @Override
    public void close() {
        child.close();
    }

    /**
     * Serves until the parent is done.
     *
     * @param args the system, the bytes of a message and, where it needs one, the file of the
     *     {@link Keystore}
     */
    public static void main(String[] args) throws IOException {
        if (args.length > 2) {
            Keystore.use(Path.of(args[2]));
        }
        try (TestedServer server = Echoes.serve(args[0], Integer.parseInt(args[1]))) {
            Parent.attend(Integer.toString(server.port()), EchoProcess::answer);
        }
        // Netty's threads linger for a while, with nothing left to do.
        System.exit(0);
    }

    private static String answer(String question) {
        if (!question.equals(COMPILED_MILLIS)) {
            throw new IllegalArgumentException("question \"" + question + "\" is not " + COMPILED_MILLIS);
        }
        return Long.toString(WarmUp.compiledMillis());
    }
}
