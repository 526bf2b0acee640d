package io.coterie.benchmarks.store;

import io.coterie.benchmarks.harness.Child;
import io.coterie.benchmarks.harness.Parent;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A node of a store in a JVM of its own. */
final class StoreProcess implements TestedServer {
    private static final String COMPILED_MILLIS = "compiled-millis";

    private final Child child;

    private StoreProcess(Child child) {
        this.child = child;
    }

    static StoreProcess start(StoreSetup setup, int node) throws IOException {
        return start(List.of(), setup, node);
    }

    /** A node whose code is interpreted and never compiled, so that it does far less. */
    static StoreProcess startInterpreted(StoreSetup setup, int node) throws IOException {
        return start(List.of("-Xint"), setup, node);
    }

    private static StoreProcess start(List<String> options, StoreSetup setup, int node) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(node)));
        arguments.addAll(setup.toArguments());
        return new StoreProcess(Child.start(options, StoreProcess.class, arguments.toArray(String[]::new)));
    }

    @Override
    public int port() {
        return Integer.parseInt(child.firstLine());
    }

    /** As {@link WarmUp#compiledMillis}, of the other JVM. */
    long compiledMillis() {
        return Long.parseLong(child.ask(COMPILED_MILLIS));
    }

    @Override
    public void close() {
        child.close();
    }

    /**
     * Serves until the parent is done.
     *
     * @param args which node this is, and the {@link StoreSetup}
     */
    public static void main(String[] args) throws Exception {
        List<String> arguments = Arrays.asList(args);
        StoreSetup setup = StoreSetup.ofArguments(arguments.subList(1, arguments.size()));
        try (TestedServer server = Stores.serve(setup, Integer.parseInt(arguments.get(0)))) {
            Parent.attend(Integer.toString(server.port()), StoreProcess::answer);
        }
        // JGroups' threads linger for a while, with nothing left to do.
        System.exit(0);
    }

    private static String answer(String question) {
        if (!question.equals(COMPILED_MILLIS)) {
            throw new IllegalArgumentException("question \"" + question + "\" is not " + COMPILED_MILLIS);
        }
        return Long.toString(WarmUp.compiledMillis());
    }
}
