package io.coterie.consistency;

/**
 * Reads the value for a function that another node is about to call with it. The one who looks is given a turn: until its
 * {@link Swap} comes, or a little time has passed, nothing else is done with the key. Otherwise the functions of a node
 * would find the value changed again and again, as long as others that are nearer change it.
 */
record Look() implements Operation {
    @Override
    public boolean isRead() {
        return true;
    }
}
