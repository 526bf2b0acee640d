package io.coterie.simulation;

/** Something that happens at a point of virtual time. */
abstract class Event {
    /** Nanoseconds since the simulation's start. */
    long due;

    /** Decides between events of the same time: the one handed over first happens first. */
    long order;

    abstract void fire();

    final boolean before(Event other) {
        return due < other.due || (due == other.due && order < other.order);
    }
}
