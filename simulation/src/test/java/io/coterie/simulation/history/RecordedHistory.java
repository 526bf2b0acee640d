package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and checks histories in the formats of the Porcupine project's test data. */
final class RecordedHistory {
    private static final Pattern ETCD =
            Pattern.compile("INFO\\s+jepsen\\.util\\s+-\\s+(\\d+)\\s+:(\\w+)\\s+:(read|write|cas)\\s+(.*)");
    private static final Pattern CAS = Pattern.compile("\\[(\\d+) (\\d+)\\]");
    private static final Pattern KV =
            Pattern.compile("\\{:process (\\d+), :type :(\\w+), :f :(\\w+), :key \"(.*)\", :value (?:nil|\"(.*)\")\\}");

    private RecordedHistory() {}

    /** Checks the lines of a file, whose name gives the format. */
    static Verdict check(String name, List<String> lines) {
        return name.startsWith("etcd")
                ? LinearizabilityChecker.of(new RegisterModel()).check(new History(etcd(lines)))
                : LinearizabilityChecker.of(new RegisterModel("")).check(new History(kv(lines)));
    }

    private static List<Operation> etcd(List<String> lines) {
        List<Operation> operations = new ArrayList<>();
        Map<String, Operation> pending = new HashMap<>();
        for (int time = 0; time < lines.size(); time++) {
            Matcher m = ETCD.matcher(lines.get(time));
            if (!m.matches()) {
                continue;
            }
            String process = m.group(1);
            if (m.group(2).equals("invoke")) {
                pending.put(process, invoked(process, "register", etcdOp(m.group(3), m.group(4)), time));
            } else if (!m.group(2).equals("info")) {
                Operation invoked = Optional.ofNullable(pending.remove(process)).orElseThrow();
                boolean isRead = invoked.op() instanceof Op.Read;
                if (m.group(2).equals("ok")) {
                    operations.add(ok(
                            invoked,
                            time,
                            isRead ? number(m.group(4)) : invoked.op() instanceof Op.Write ? null : "true"));
                } else if (!isRead) {
                    assertTrue(invoked.op() instanceof Op.CompareAndSet, lines.get(time));
                    operations.add(ok(invoked, time, "false"));
                }
            }
        }
        operations.addAll(pending.values());
        return operations;
    }

    private static Op etcdOp(String kind, String argument) {
        Matcher cas = CAS.matcher(argument);
        if (cas.matches()) {
            return new Op.CompareAndSet(cas.group(1), cas.group(2));
        }
        return kind.equals("read") ? new Op.Read() : new Op.Write(argument);
    }

    private static List<Operation> kv(List<String> lines) {
        List<Operation> operations = new ArrayList<>();
        Map<String, Operation> pending = new HashMap<>();
        for (int time = 0; time < lines.size(); time++) {
            Matcher m = KV.matcher(lines.get(time));
            assertTrue(m.matches(), lines.get(time));
            String process = m.group(1);
            if (m.group(2).equals("invoke")) {
                pending.put(process, invoked(process, m.group(4), kvOp(m.group(3), m.group(5)), time));
            } else {
                Operation invoked = Optional.ofNullable(pending.remove(process)).orElseThrow();
                operations.add(ok(invoked, time, invoked.op() instanceof Op.Read ? m.group(5) : null));
            }
        }
        assertTrue(pending.isEmpty(), pending::toString);
        return operations;
    }

    private static Op kvOp(String kind, String value) {
        return switch (kind) {
            case "get" -> new Op.Read();
            case "put" -> new Op.Write(value);
            default -> new Op.Append(value);
        };
    }

    private static String number(String value) {
        return value.equals("nil") ? null : value;
    }

    private static Operation invoked(String process, String key, Op op, long time) {
        return new Operation(process, key, op, time, Operation.NEVER, Outcome.UNKNOWN, null);
    }

    private static Operation ok(Operation o, long time, String result) {
        return new Operation(o.process(), o.key(), o.op(), o.invoked(), time, Outcome.OK, result);
    }
}
