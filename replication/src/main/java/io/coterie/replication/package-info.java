/**
 * Keeps records on several replicas through quorum calls, durable storage and repair. Consistency policies
 * are built on these primitives, and so can be an application's own.
 */
package io.coterie.replication;
