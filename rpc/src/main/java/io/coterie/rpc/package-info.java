/**
 * Calls between the nodes of a cluster: typed methods, deadlines, retries and codecs. The ports through
 * which protocols reach time, chance and the network stand here too, so that the same protocol runs on real
 * machines and in a simulation.
 */
package io.coterie.rpc;
