/**
 * A steady load, and what it met. A {@link SteadyLoad} begins operations at a rate and writes their
 * ends as lines. {@link LoadLog} reads the lines into a {@link NodeTrace} for each node.
 *
 * <p>A busy machine looks like a pause of the library. {@link StallWatch} reports when a process
 * did not get to run, and {@link DiskWatch} when the disk was slow, so that a test can leave these
 * times out. {@code RunQueue} asks the kernel how long threads waited for a processor.
 *
 * <p><b>Words.</b> A <i>pause</i> is a time in which a node completed no operation. A <i>stall</i>
 * is a time in which the machine did not run a thread, or did not write. All times are those of
 * {@link System#nanoTime}, which the processes of a machine share.
 *
 * <p><b>Threads.</b> Each watch and each load has a thread of its own. Any thread may read a trace.
 *
 * <p><b>Who may call.</b> {@code cluster}, and the tests of {@code io.coterie.chaos}.
 */
package io.coterie.chaos.load;
