package io.coterie.simulation.internal.events;

/** An action at a point of virtual time. */
public abstract class Event {
    /** Nanoseconds since the simulation's start. */
    long due;

    /** Among events of one time, the one that was handed over first happens first. */
    long order;

    /** It happens now. */
    public abstract void fire();

    /** The number of this event among all that were handed over. */
    public final long order() {
        return order;
    }

    final boolean before(Event other) {
        return due < other.due || (due == other.due && order < other.order);
    }
}
