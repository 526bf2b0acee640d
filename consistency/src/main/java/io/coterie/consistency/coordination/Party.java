package io.coterie.consistency.coordination;

/**
 * Who holds a lease: one acquisition, and no other, ever.
 *
 * @param origin drawn at random by the node, anew at each start
 * @param number of the acquisition at that node
 */
record Party(long origin, long number) {}
