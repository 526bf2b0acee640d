package io.coterie.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * The process that started this one, as seen from its {@link Child}. It asks on standard input and
 * is answered on standard output.
 */
public final class Parent {
    private Parent() {}

    /**
     * Prints that this process is ready, and answers questions until there are no more. The pipe's
     * other end is closed even by the death of the process that holds it.
     */
    public static void attend(String firstLine, UnaryOperator<String> answers) throws IOException {
        System.out.println(firstLine);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String question = questions.readLine(); question != null; question = questions.readLine()) {
            System.out.println(answers.apply(question));
        }
    }
}
