package io.coterie.consistency.simulated.members;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.spi.Ballot;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the records of one replica have of its only strong store, and what they had when it adopted
 * each configuration. Made from the entries of its journal, by rules of its own: those of production
 * are what is checked.
 */
final class MemberRecords {
    private record Register(Ballot promised, Ballot accepted) {
        static final Register NONE = new Register(Ballot.NONE, Ballot.NONE);
    }

    private final Map<String, Register> registers;
    private final NavigableMap<Long, MemberRecords> before = new TreeMap<>();
    private Ballot floor;
    private int beginnings;
    private @Nullable MemberId id;
    private @Nullable Configuration adopted;

    MemberRecords() {
        this(new HashMap<>(), Ballot.NONE);
    }

    private MemberRecords(Map<String, Register> registers, Ballot floor) {
        this.registers = registers;
        this.floor = floor;
    }

    /** Another identity stands for new records. */
    void identify(MemberId self) {
        if (id != null && !id.equals(self)) {
            beginAgain();
            before.clear();
        }
        id = self;
    }

    private void beginAgain() {
        registers.clear();
        floor = Ballot.NONE;
        beginnings++;
    }

    /** How often these records have begun again, empty. */
    int beginnings() {
        return beginnings;
    }

    @Nullable
    MemberId id() {
        return id;
    }

    @Nullable
    Configuration adopted() {
        return adopted;
    }

    /** The keys of which it has a register. */
    Iterable<String> keys() {
        return registers.keySet();
    }

    int size() {
        return registers.size();
    }

    void register(String key, Ballot promised, Ballot accepted) {
        registers.put(key, new Register(promised, accepted));
    }

    void promise(String key, Ballot promised) {
        Register known = registers.getOrDefault(key, Register.NONE);
        registers.put(key, new Register(promised, known.accepted()));
    }

    void floor(Ballot raised) {
        floor = Ballot.max(floor, raised);
    }

    void remove(String key, Ballot raised) {
        registers.remove(key);
        floor(raised);
    }

    void adopt(Configuration chosen) {
        long since = chosen.placement(0).since();
        Configuration last = adopted;
        if (last == null || last.placement(0).since() < since) {
            before.putIfAbsent(since, new MemberRecords(new HashMap<>(registers), floor));
        }
        if (isAwayBetween(last, chosen)) {
            beginAgain();
        }
        adopted = chosen;
    }

    /** Before there is a configuration, all that is there is of the first one. */
    private boolean isAwayBetween(@Nullable Configuration last, Configuration chosen) {
        MemberId self = id;
        if (self == null) {
            throw new IllegalStateException("a journal that begins without an incarnation");
        }
        GroupMember now = chosen.placement(0).find(self);
        if (now == null) {
            return false;
        }
        GroupMember then = last == null ? null : last.placement(0).find(self);
        return last == null ? now.joined() != 1 : then == null || then.joined() != now.joined();
    }

    /** What is known from an earlier start of when it adopted what. */
    void inherit(MemberRecords earlier) {
        before.putAll(earlier.before);
    }

    /** What it had while it knew nothing of a change; what it has now if it does not know it yet. */
    MemberRecords before(long since) {
        Map.Entry<Long, MemberRecords> found = before.ceilingEntry(since);
        return found == null ? this : found.getValue();
    }

    /** The ballot below which it accepts nothing. */
    Ballot promised(String key) {
        Register known = registers.get(key);
        return known == null ? floor : known.promised();
    }

    /** The ballot up to which it knows what was chosen. A key without a state was removed, or new. */
    Ballot accepted(String key) {
        Ballot accepted = registers.getOrDefault(key, Register.NONE).accepted();
        return accepted.equals(Ballot.NONE) ? floor : accepted;
    }

    boolean hasPromised(String key, Ballot ballot) {
        return !ballot.isAbove(Ballot.max(promised(key), floor));
    }

    boolean hasAccepted(String key, Ballot ballot) {
        return !ballot.isAbove(Ballot.max(accepted(key), floor));
    }
}
