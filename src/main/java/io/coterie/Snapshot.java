package io.coterie;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A file with all that a cluster knew, see {@link Coterie#snapshot}. Immutable.
 *
 * @param file where it is
 * @param epoch of the members when it was taken
 * @param takenAt when it began, by the clock of the replica that has taken it
 * @param strongKeys how many keys of strong stores it has, deleted ones that are remembered
 *     included
 * @param eventualKeys the same of eventual stores
 * @param bytes its size
 */
public record Snapshot(Path file, long epoch, Instant takenAt, long strongKeys, long eventualKeys, long bytes) {}
