/**
 * Keeps records on several replicas: requests to all of them, and durable storage. Consistency policies
 * are built on these primitives, and so can be an application's own.
 */
package io.coterie.replication;
