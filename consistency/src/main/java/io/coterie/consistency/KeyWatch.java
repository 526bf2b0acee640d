package io.coterie.consistency;

/** A watch under way. */
public interface KeyWatch {
    /** Ends it: no call of the listener begins any more, but one may be running. May be called by any thread, also twice. */
    void close();
}
