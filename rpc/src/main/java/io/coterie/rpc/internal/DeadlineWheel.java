package io.coterie.rpc.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * Deadlines, most of which never come: a hashed timing wheel with unsorted lists (Varghese and Lauck, Hashed and Hierarchical
 * Timing Wheels, SOSP 1987, scheme 6). To add and to remove costs a few writes whatever the wheel holds, and no allocation.
 *
 * <p>An entry stands in the slot of its tick, about a millisecond; entries whole rounds of the wheel apart share a slot, and
 * are told apart by their time. Order is made only where it is needed, among those that are due.
 */
public final class DeadlineWheel<E extends DeadlineWheel.Entry> {
    private static final int TICK_SHIFT = 20;
    private static final int SLOTS = 1024;

    /** One round of the wheel in nanoseconds, about a second. */
    static final long SPAN_NANOS = (long) SLOTS << TICK_SHIFT;

    private final Ring[] slots = new Ring[SLOTS];

    /** Those that are being reported, in their order. */
    private final Ring due = new Ring();

    /** The slots hold nothing that was due at this time, but for what was added since, which stands in this time's slot. */
    private long reached;

    private int size;

    /** Something that is due at a time. It stands in one wheel at most. */
    public abstract static class Entry {
        private long due;

        // To itself while it is in no wheel.
        private Entry previous = this;
        private Entry next = this;

        /** When it is due, in nanoseconds of the node's clock. */
        public final long due() {
            return due;
        }

        final boolean linked() {
            return next != this;
        }

        final void unlink() {
            previous.next = next;
            next.previous = previous;
            previous = this;
            next = this;
        }
    }

    /** Entries one after the other. */
    private static final class Ring extends Entry {
        void append(Entry entry) {
            Entry ring = this;
            entry.previous = ring.previous;
            entry.next = ring;
            ring.previous.next = entry;
            ring.previous = entry;
        }
    }

    /** @param now a reading of the clock that dues are readings of, too; it may wrap around */
    public DeadlineWheel(long now) {
        reached = now;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Ring();
        }
    }

    /** Adds an entry that is in no wheel. One that is due already is reported by the next {@link #expire}. */
    public void add(E entry, long due) {
        Entry fields = entry;
        if (fields.linked()) {
            throw new IllegalStateException(
                    "an entry due at " + fields.due + " is in a wheel already; remove it first");
        }
        fields.due = due;
        slotOf(due - reached < 0 ? reached : due).append(entry);
        size++;
    }

    /** Takes an entry out, and says whether it was in. */
    public boolean remove(E entry) {
        if (!entry.linked()) {
            return false;
        }
        entry.unlink();
        size--;
        return true;
    }

    /** Whether it holds nothing. */
    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * When the first entry is due. Looks at what is due up to then where that is within about a second of now, and else at
     * everything: after an addition it is cheaper to compare the one that was added with what the owner waits for already.
     *
     * @throws NoSuchElementException if it holds nothing
     */
    public long nextDue(long now) {
        if (size == 0) {
            throw new NoSuchElementException("a wheel that holds nothing has no next due; ask isEmpty first");
        }
        long least = least(due, now, Long.MAX_VALUE);
        long slotStart = tickStart(reached);
        // What is in a slot or a later one is not due before the slot's time.
        for (int i = 0; i < SLOTS && least > slotStart - now; i++) {
            least = least(slotOf(slotStart), now, least);
            slotStart += 1L << TICK_SHIFT;
        }
        if (least > 0) {
            reach(now);
        }
        return now + least;
    }

    /**
     * Takes out all entries that are due, and reports them in the order of their due, those with the same due in the order of
     * their addition. The consumer may add and remove: what it removes is not reported any more, what it adds is so by the next
     * call. What it did not come to because it threw is reported by the next call, too.
     */
    public void expire(long now, Consumer<? super E> consumer) {
        if (size > 0) {
            collect(now);
        }
        reach(now);
        while (due.linked()) {
            E entry = firstDue();
            remove(entry);
            consumer.accept(entry);
        }
    }

    private void collect(long now) {
        List<Entry> found = new ArrayList<>();
        long slotStart = tickStart(reached);
        for (int i = 0; i < SLOTS && slotStart - now <= 0; i++) {
            Entry slot = slotOf(slotStart);
            for (Entry entry = slot.next; entry != slot; entry = entry.next) {
                if (entry.due - now <= 0) {
                    found.add(entry);
                }
            }
            slotStart += 1L << TICK_SHIFT;
        }
        // Stable: those with the same due share a slot, and stand there in the order of their addition.
        found.sort(Comparator.comparingLong(entry -> entry.due - now));
        for (Entry entry : found) {
            entry.unlink();
            due.append(entry);
        }
    }

    /** Only rings and what was added as an E have links. */
    @SuppressWarnings("unchecked")
    private E firstDue() {
        Entry ring = due;
        return (E) ring.next;
    }

    private void reach(long now) {
        if (now - reached > 0) {
            reached = now;
        }
    }

    private static long least(Entry ring, long now, long before) {
        long least = before;
        for (Entry entry = ring.next; entry != ring; entry = entry.next) {
            least = Math.min(least, entry.due - now);
        }
        return least;
    }

    private Ring slotOf(long time) {
        return slots[(int) (time >> TICK_SHIFT) & (SLOTS - 1)];
    }

    private static long tickStart(long time) {
        return time >> TICK_SHIFT << TICK_SHIFT;
    }
}
