package io.coterie.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM beside this one, with the same class path and memory, as seen from its {@link Parent}. It
 * prints one line when it is ready, and answers each question with a line. It ends when it is
 * closed, or by itself when this process dies.
 */
public final class Child implements AutoCloseable {
    private static final long END_SECONDS = 10;

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final PrintStream questions;
    private final String firstLine;

    private Child(String name, Process process) throws IOException {
        this.name = name;
        this.process = process;
        answers = process.inputReader();
        questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        firstLine = line();
    }

    /** Starts one, and waits until it is ready. */
    public static Child start(Class<?> main, String... args) throws IOException {
        return start(List.of(), main, args);
    }

    /**
     * Starts one with more options.
     *
     * @param options of the JVM
     */
    public static Child start(List<String> options, Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(Child::passedOn)
                .forEach(command::add);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        return new Child(main.getSimpleName() + " " + String.join(" ", args), process);
    }

    /** The line that it printed when it was ready. */
    public String firstLine() {
        return firstLine;
    }

    /** Asks it for something, and waits for the answer. */
    public synchronized String ask(String question) {
        questions.println(question);
        try {
            return line();
        } catch (IOException e) {
            throw new IllegalStateException(name + " does not answer " + question, e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** As {@code kill -9}. It must still be closed. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends it. A child that does not end in time is killed, which is an error. */
    @Override
    public void close() {
        questions.close();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(name + " did not end in " + END_SECONDS + " s, and was killed");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException("interrupted while " + name + " ends", e);
        }
    }

    private String line() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            process.destroyForcibly();
            throw new IOException(name + " has ended; its standard error may show why");
        }
        return line;
    }

    /**
     * Whether the child gets this option of ours: memory, collector and properties. Options that
     * measure this JVM would measure the child into the same file.
     */
    private static boolean passedOn(String option) {
        return option.startsWith("-Xm")
                || option.startsWith("-XX:+Use")
                || (option.startsWith("-D") && !option.startsWith("-Djmh"));
    }
}
