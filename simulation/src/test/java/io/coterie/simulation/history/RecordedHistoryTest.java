package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Hand-made logs in both formats that {@link RecordedHistoriesTest} reads from a folder. */
class RecordedHistoryTest {
    private static final String INFO = "INFO  jepsen.util - ";

    @Test
    void anEtcdLogIsOneRegisterThatIsNilAtFirst() {
        etcd(Verdict.Kind.LINEARIZABLE, "0 :invoke :read nil", "0 :ok :read nil");
        etcd(Verdict.Kind.NOT_LINEARIZABLE, "0 :invoke :read nil", "0 :ok :read 3");
        etcd(
                Verdict.Kind.LINEARIZABLE,
                "0 :invoke :write 3",
                "1 :invoke :read nil",
                "1 :ok :read nil",
                "0 :ok :write 3",
                "1 :invoke :read nil",
                "1 :ok :read 3");
    }

    @Test
    void aFailedCompareAndSetOfAnEtcdLogWasRefused() {
        String[] log = {
            "0 :invoke :write 3", "0 :ok :write 3", "1 :invoke :cas [%s 4]", "1 :fail :cas [%s 4]",
        };
        etcd(Verdict.Kind.LINEARIZABLE, String.join("\n", log).replace("%s", "2"));
        etcd(Verdict.Kind.NOT_LINEARIZABLE, String.join("\n", log).replace("%s", "3"));
    }

    @Test
    void aTimeoutOfAnEtcdLogIsAnUnknownOutcome() {
        String begun =
                "0 :invoke :write 3\n" + INFO + "0 :info :write :timed-out\n" + INFO + "1 :invoke :read nil\n" + INFO;
        etcd(Verdict.Kind.LINEARIZABLE, begun + "1 :ok :read nil");
        etcd(Verdict.Kind.LINEARIZABLE, begun + "1 :ok :read 3");
        etcd(Verdict.Kind.NOT_LINEARIZABLE, begun + "1 :ok :read 4");
        etcd(Verdict.Kind.NOT_LINEARIZABLE, begun + "1 :ok :read 3", "1 :invoke :read nil", "1 :ok :read nil");
        etcd(Verdict.Kind.LINEARIZABLE, "0 :invoke :read nil", "0 :fail :read :timed-out");
    }

    @Test
    void aKvLogIsManyKeysThatAreEmptyAtFirst() {
        String append = kv("invoke", "append", "1", "\"x\"") + "\n" + kv("ok", "append", "1", "\"x\"") + "\n";
        String get = kv("invoke", "get", "%k", "nil") + "\n" + kv("ok", "get", "%k", "\"%v\"");
        check(Verdict.Kind.LINEARIZABLE, "kv", append + get.replace("%k", "1").replace("%v", "x"));
        check(
                Verdict.Kind.NOT_LINEARIZABLE,
                "kv",
                append + get.replace("%k", "1").replace("%v", ""));
        check(Verdict.Kind.LINEARIZABLE, "kv", append + get.replace("%k", "2").replace("%v", ""));
        check(
                Verdict.Kind.NOT_LINEARIZABLE,
                "kv",
                append + get.replace("%k", "2").replace("%v", "x"));
    }

    private static String kv(String type, String kind, String key, String value) {
        return "{:process 0, :type :" + type + ", :f :" + kind + ", :key \"" + key + "\", :value " + value + "}";
    }

    private static void etcd(Verdict.Kind known, String... lines) {
        String text = String.join("\n", lines).replace(INFO, "").replaceAll("(?m)^", INFO);
        check(known, "etcd", "INFO  jepsen.core - Run begins\n" + text);
    }

    private static void check(Verdict.Kind known, String format, String text) {
        assertEquals(
                known,
                RecordedHistory.check(format, List.of(text.split("\n", -1))).kind(),
                text);
    }
}
