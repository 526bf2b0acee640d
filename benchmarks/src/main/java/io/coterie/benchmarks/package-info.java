/**
 * JMH benchmarks of the library, from single primitives to a whole cluster in one process. Build with {@code mvn
 * package} and run {@code java -jar benchmarks/target/benchmarks.jar}.
 */
@NullMarked
package io.coterie.benchmarks;

import org.jspecify.annotations.NullMarked;
