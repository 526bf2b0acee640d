package io.coterie.chaos.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeTraceTest {
    private static final NodeTrace.Span TIME = new NodeTrace.Span(100, 200);

    @Test
    void aPauseCountsFromBeforeTheTimeButNotBeyondIt() {
        assertEquals(
                new NodeTrace.Span(70, 110),
                traceOf(10, 70, 110, 140, 160, 190, 500).longestPause(TIME));
        assertEquals(new NodeTrace.Span(120, 200), traceOf(95, 120, 500).longestPause(TIME));
        assertEquals(new NodeTrace.Span(50, 200), traceOf(50).longestPause(TIME));
        assertEquals(
                List.of(new NodeTrace.Span(70, 110), new NodeTrace.Span(110, 190), new NodeTrace.Span(190, 200)),
                traceOf(10, 70, 110, 190, 500).pauses(TIME));
    }

    @Test
    void operationsCountByTheirBegin() {
        NodeTrace trace = new NodeTrace();
        trace.ended(90, 120);
        trace.ended(110, 300);
        trace.ended(210, 220);

        assertEquals(List.of(new NodeTrace.Span(110, 300)), trace.operations(TIME));
        assertEquals(new NodeTrace.Span(110, 300), trace.longestOperation(TIME));
    }

    @Test
    void onlyStallsInATimeCount() {
        NodeTrace trace = new NodeTrace();
        trace.stalled(90, 110);
        trace.stalled(150, 160);
        trace.stalled(300, 400);

        assertEquals(20, trace.stalled(TIME));
    }

    private static NodeTrace traceOf(long... ends) {
        NodeTrace trace = new NodeTrace();
        for (long end : ends) {
            trace.ended(end - 5, end);
        }
        return trace;
    }
}
