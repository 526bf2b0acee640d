package io.coterie.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChildTest {
    @Test
    void aChildAnswersUntilItIsClosed() throws Exception {
        Child child = Child.start(Counting.class, "ready");
        ProcessHandle handle = child.handle();

        assertEquals("ready", child.firstLine());
        assertEquals("5", child.ask("hello"));
        assertTrue(handle.isAlive());
        child.close();

        assertFalse(handle.isAlive());
    }

    @Test
    void aChildEndsWithItsParent() throws Exception {
        Child parent = Child.start(Bearing.class);
        ProcessHandle grandchild =
                ProcessHandle.of(Long.parseLong(parent.firstLine())).orElseThrow();

        assertTrue(parent.handle().destroyForcibly());

        grandchild.onExit().get(60, TimeUnit.SECONDS);
        assertFalse(grandchild.isAlive());
    }

    @Test
    void aChildThatDoesNotStartIsAnError() {
        IOException failure = assertThrows(IOException.class, () -> Child.start(Failing.class, "carrier-pigeon", "64"));

        assertTrue(failure.getMessage().contains("Failing carrier-pigeon 64"), failure.getMessage());
    }

    /** Answers with the length of the question. */
    static final class Counting {
        public static void main(String[] args) throws IOException {
            Parent.attend(args[0], question -> Integer.toString(question.length()));
        }
    }

    /** Ends before it is ready. */
    static final class Failing {
        public static void main(String[] args) {
            System.exit(1);
        }
    }

    /** Has a child of its own, and leaves it alone. */
    static final class Bearing {
        public static void main(String[] args) throws IOException {
            Child child = Child.start(Counting.class, "ready");
            System.out.println(child.handle().pid());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
