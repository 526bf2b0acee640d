package io.coterie.consistency;

/**
 * Waits for the end of one scan. One of its methods is called once, on the loop, and must not
 * throw.
 */
public interface ScanCompletion {
    /** The page was read. */
    void complete(ScannedPage page);

    /** It could not be read. */
    void fail(Throwable error);
}
