package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.wire.ListMethod.Cursor;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.Listed;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What one member has listed so far, as far as it is not taken yet. */
final class MemberList {
    private final Deque<Listed> entries = new ArrayDeque<>();
    private @Nullable Cursor next = Cursor.START;
    private boolean whole;

    /** Where the next page begins, if one is needed now; otherwise null. */
    @Nullable
    Cursor needed() {
        return entries.isEmpty() ? next : null;
    }

    /** @param states whether the page was asked for with states and values */
    void add(Page page, boolean states) {
        entries.addAll(page.entries());
        next = page.next();
        whole = states;
    }

    /** Whether the entries came with states and values. */
    boolean isWhole() {
        return whole;
    }

    /** The next entry; null if none is known. */
    @Nullable
    Listed first() {
        return entries.peek();
    }

    void takeFirst() {
        entries.remove();
    }

    /** Whether it is known what the member has for an entry. */
    boolean covers(Listed entry) {
        return next == null || next.isBehind(entry);
    }

    boolean isOver() {
        return entries.isEmpty() && next == null;
    }
}
