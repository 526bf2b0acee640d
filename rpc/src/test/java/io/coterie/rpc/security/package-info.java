/**
 * Nodes that prove who they are, by certificates, a shared secret or node keys, and nodes that
 * cannot. Which role a node has at another one, and what comes of a refusal.
 *
 * <p>{@code Certificates} makes an authority and what it has signed, and {@code MapKeyFiles} keeps
 * node keys in memory. A {@code TlsRelay} sits between two nodes with a certificate of its own.
 *
 * <p>{@code TlsCallTest} is beside the calls over TCP that it repeats.
 */
package io.coterie.rpc.security;
