/**
 * Real replica processes under faults: killed, stopped, paused, cut off from each other, started again from their
 * directories. {@link io.coterie.chaos.ChaosTest} checks what callers were told, {@link io.coterie.chaos.NoPauseTest} that
 * they were never kept waiting.
 */
package io.coterie.chaos;
