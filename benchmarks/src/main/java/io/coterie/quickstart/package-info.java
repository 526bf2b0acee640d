/**
 * The library at its main job, to be watched: three replicas and a client, each a process of its own, while replicas are
 * killed. Run it by {@code mvn -q -Pquickstart compile}; {@link io.coterie.quickstart.Quickstart} tells the story.
 */
@NullMarked
package io.coterie.quickstart;

import org.jspecify.annotations.NullMarked;
