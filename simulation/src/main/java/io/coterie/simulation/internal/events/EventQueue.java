package io.coterie.simulation.internal.events;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The events to come, in a binary heap: earliest first, and in the order of hand-over at one time.
 */
final class EventQueue {
    private @Nullable Event[] heap = new Event[256];
    private int size;
    private long handedOver;

    void add(long due, Event event) {
        event.due = due;
        event.order = handedOver++;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!event.before(get(parent))) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = event;
    }

    /** When the next event is due; {@link Long#MAX_VALUE} if there is none. */
    long nextDue() {
        return size == 0 ? Long.MAX_VALUE : get(0).due;
    }

    /** Takes the next event; there must be one. */
    Event poll() {
        Event first = get(0);
        Event moved = get(--size);
        heap[size] = null;
        if (size > 0) {
            sink(moved);
        }
        return first;
    }

    private void sink(Event moved) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && get(child + 1).before(get(child))) {
                child++;
            }
            if (!get(child).before(moved)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
    }

    private Event get(int index) {
        Event event = heap[index];
        if (event == null) {
            throw new IllegalStateException("no event at " + index + " of " + size);
        }
        return event;
    }
}
