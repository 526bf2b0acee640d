/**
 * The one builder: lists replicas, opens typed stores and says what the configuration guarantees, over the modules below, of
 * which each is usable alone.
 */
package io.coterie;
