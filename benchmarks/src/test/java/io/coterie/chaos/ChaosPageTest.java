package io.coterie.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.chaos.faults.Story;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosPageTest {
    private final Story story = new Story();

    @Test
    void aContradictionIsDrawnWithTheFaults(@TempDir Path folder) throws IOException {
        Operation write = operation(1, "c1", new Op.Write("new"), null);
        Operation late = operation(2, "c2", new Op.Read(), null);
        Operation other = new Operation("c3", "another", new Op.Read(), story.begin(), story.begin(), Outcome.OK, null);

        String page = page(folder, List.of(other, write, late));

        assertTrue(page.contains("seed 7, key k: no order explains these answers"), page);
        assertTrue(page.contains("<title>" + write + "</title>"), page);
        assertTrue(page.contains("<title>" + late + "</title>"), page);
        assertEquals(2, page.split("class='ok'", -1).length - 1, page);
        assertTrue(page.contains("class='band'") && page.contains("kill a"), page);
    }

    @Test
    void withoutAContradictionTheLastOperationsAreDrawn(@TempDir Path folder) throws IOException {
        List<Operation> reads = IntStream.range(0, 300)
                .mapToObj(i -> operation(i, "c" + i % 3, new Op.Read(), null))
                .toList();

        String page = page(folder, reads);

        assertTrue(page.contains("seed 7, these are the last operations"), page);
        assertEquals(200, page.split("class='ok'", -1).length - 1, page);
        assertTrue(page.contains(reads.get(299).toString()), page);
    }

    private String page(Path folder, List<Operation> operations) throws IOException {
        story.add(story.begin(), "kill a");
        Path file = folder.resolve("failure.html");
        ChaosPage.write(file, "seed 7", new History(operations), story);
        return Files.readString(file);
    }

    /** The operation of that number: each ends before the next begins. */
    private Operation operation(int number, String process, Op op, String result) {
        long invoked = story.begin() + 2L * number;
        return new Operation(process, "k", op, invoked, invoked + 1, Outcome.OK, result);
    }
}
