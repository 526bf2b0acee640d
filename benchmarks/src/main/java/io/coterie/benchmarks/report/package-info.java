/**
 * What is printed at the end: figures in Markdown tables, and plots.
 *
 * <p><b>Words.</b> A <i>figure</i> is the median over forks of what one system did under one load.
 * A <i>rival</i> is another system under the same load in the same run. The <i>raw</i> system is
 * the limit that the machine sets. A <i>variant</i> is a system with an option that costs; its name
 * begins with that of the plain one.
 *
 * <p><b>Structure.</b> {@link Figure} reads a run of JMH. {@link Table} sets each figure beside its
 * rivals, by the names in {@link SystemNames}. {@link Plot} draws lines as SVG, and knows nothing
 * of JMH.
 *
 * <p><b>Who may call.</b> The main class, and the reports of single rooms. It uses the labels of
 * the harness and no other room.
 */
@NullMarked
package io.coterie.benchmarks.report;

import org.jspecify.annotations.NullMarked;
