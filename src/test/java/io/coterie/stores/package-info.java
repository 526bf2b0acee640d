/**
 * What stores and counters promise their callers, on real nodes over TCP.
 */
package io.coterie.stores;
