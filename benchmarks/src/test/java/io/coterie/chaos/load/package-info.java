/**
 * A steady load, and what it met. A {@link SteadyLoad} begins operations at a rate and writes their
 * ends as lines. {@link LoadLog} reads the lines into a {@link NodeTrace} for each node.
 *
 * <p>A busy machine looks like a pause of the library. {@link StallWatch} reports when a process
 * did not get to run, and {@link DiskWatch} when the disk was slow, so that a test can leave these
 * times out.
 */
package io.coterie.chaos.load;
