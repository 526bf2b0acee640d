/**
 * Turns store operations into quorum calls, one policy per consistency level. Each policy states as
 * a promise what a reader may see, and what that costs in round trips.
 */
package io.coterie.consistency;
