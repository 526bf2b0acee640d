package io.coterie;

/** Has a node transfer records without pauses, which users may not choose. */
public final class UnthrottledTransfers {
    private UnthrottledTransfers() {}

    /** Makes the node that is built transfer so, in changes that it drives. */
    public static CoterieBuilder on(CoterieBuilder builder) {
        builder.transfers = builder.transfers.unthrottled();
        return builder;
    }
}
