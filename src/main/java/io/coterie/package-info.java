/**
 * The one builder: lists replicas, opens typed stores and says what the configuration guarantees. It adds
 * nothing that the modules below cannot do alone.
 */
package io.coterie;
