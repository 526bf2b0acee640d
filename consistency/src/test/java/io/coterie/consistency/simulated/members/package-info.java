/**
 * Runs in which members found a cluster, come, go, and lose what they had. {@code Operator} changes
 * them, and {@code MembersAudit} sees all journals.
 */
package io.coterie.consistency.simulated.members;
