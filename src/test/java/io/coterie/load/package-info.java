/**
 * More load than links carry, or than a node takes: what ends in time, and what is refused.
 */
package io.coterie.load;
