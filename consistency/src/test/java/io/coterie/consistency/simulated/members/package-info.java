/** Runs in which members found a cluster, come, go, and lose what they had. */
package io.coterie.consistency.simulated.members;
