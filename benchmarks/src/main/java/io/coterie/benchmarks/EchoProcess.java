package io.coterie.benchmarks;

import java.io.IOException;

/** An echo's serving side in a JVM of its own. */
final class EchoProcess implements EchoServer {
    private static final String COMPILED_MILLIS = "compiled-millis";

    private final Child child;

    private EchoProcess(Child child) {
        this.child = child;
    }

    static EchoProcess start(String system, int bytes) throws IOException {
        return new EchoProcess(Child.start(EchoProcess.class, system, Integer.toString(bytes)));
    }

    @Override
    public int port() {
        return Integer.parseInt(child.greeting());
    }

    /** As {@link WarmUp#compiledMillis}, of the other JVM. */
    long compiledMillis() {
        return Long.parseLong(child.ask(COMPILED_MILLIS));
    }

    ProcessHandle handle() {
        return child.handle();
    }

    @Override
    public void close() {
        child.close();
    }

    /**
     * Serves until the parent has enough of it.
     *
     * @param args the system, and the bytes of a message
     */
    public static void main(String[] args) throws IOException {
        try (EchoServer server = Echoes.serve(args[0], Integer.parseInt(args[1]))) {
            Parent.attend(Integer.toString(server.port()), EchoProcess::answer);
        }
        // Threads that linger for a while after their end, as Netty's do, have nothing left to do.
        System.exit(0);
    }

    private static String answer(String question) {
        if (!question.equals(COMPILED_MILLIS)) {
            throw new IllegalArgumentException("question \"" + question + "\" is not " + COMPILED_MILLIS);
        }
        return Long.toString(WarmUp.compiledMillis());
    }
}
