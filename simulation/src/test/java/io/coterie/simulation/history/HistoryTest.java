package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final AtomicLong clock = new AtomicLong(100);
    private final HistoryRecorder recorder = new HistoryRecorder(clock::get);

    @Test
    void aRecordedHistoryHasOneLinePerOperation() {
        HistoryRecorder.Call write = recorder.invoke("c1", "k", new Op.Write("a b%"));
        HistoryRecorder.Call read = recorder.invoke("c2", "k", new Op.Read());
        clock.set(200);
        write.ok();
        read.ok((String) null);
        recorder.invoke("c1", "k", new Op.CompareAndSet("a", null)).ok(false);
        recorder.invoke("c1", "k", new Op.AddAndGet(-3)).unknown();
        recorder.invoke("c2", "k", new Op.Delete()).failed();
        recorder.invoke("c2", "k", new Op.CompareAndSet("a", "b")).okAsRead("c");

        assertEquals("""
                100 200 c1 k write =a%20b%25 ok
                101 201 c2 k read ok ~
                202 203 c1 k cas =a ~ ok =false
                204 - c1 k add -3 unknown
                205 206 c2 k delete failed
                207 208 c2 k read ok =c
                """, recorder.history().toText());
    }

    @Test
    void aTextIsReadBackAsTheSameHistory() {
        List<Op> ops = List.of(
                new Op.Read(),
                new Op.Write(""),
                new Op.Write("x\ny ~ =%"),
                new Op.Delete(),
                new Op.CompareAndSet(null, "é\t"),
                new Op.CompareAndSet("-", null),
                new Op.PutIfAbsent("~"),
                new Op.AddAndGet(Long.MIN_VALUE),
                new Op.Append(",1"));
        for (Op op : ops) {
            recorder.invoke("p 1", "key", op).ok();
            recorder.invoke("p 1", "key", op).ok("a result");
            recorder.invoke("p 2", "key", op).failed();
            recorder.invoke("p 3", "key", op);
        }
        History history = recorder.history();

        assertEquals(history, History.parse("# a remark\n\n" + history.toText()));
    }

    @Test
    void aLineWithoutAnOperationIsRefused() {
        for (String line : List.of(
                "1 2 c k read", "1 2 c k jump ok", "1 2 c k write a ok", "2 1 c k read ok ~", "1 2 c k read ok ~ ~")) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> History.parse(line));
            assertTrue(refused.getMessage().contains(line), refused.getMessage());
        }
    }

    @Test
    void aCallThatNeverEndedIsUnknown() {
        recorder.invoke("c1", "k", new Op.Write("v"));

        assertEquals(1, recorder.history().count(Outcome.UNKNOWN));
        assertEquals(0, recorder.history().count(Outcome.OK));
    }

    @Test
    void aCallEndsOnce() {
        HistoryRecorder.Call call = recorder.invoke("c1", "k", new Op.Write("v"));
        call.unknown();

        assertThrows(IllegalStateException.class, call::ok);
    }
}
