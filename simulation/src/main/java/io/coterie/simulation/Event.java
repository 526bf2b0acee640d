package io.coterie.simulation;

/** An action at a point of virtual time. */
abstract class Event {
    /** Nanoseconds since the simulation's start. */
    long due;

    /** Among events of one time, the one that was handed over first happens first. */
    long order;

    abstract void fire();

    final boolean before(Event other) {
        return due < other.due || (due == other.due && order < other.order);
    }
}
