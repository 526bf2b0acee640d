package io.coterie.consistency.internal.key;

import io.coterie.replication.spi.RecordKey;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a node has in use: a hash table whose chains run through the keys themselves. A
 * node has very many and finds none of them in a cache, so that each object on the way to one costs
 * more than all else that is done for it there; {@code HashMap} has an entry on that way. In the
 * table's order it is swept for keys to forget.
 */
public final class KeyTable {
    private static final int MIN_CHAINS = 64;

    private @Nullable KeyCoordinator[] chains = new KeyCoordinator[MIN_CHAINS];
    private int size;

    /** The chain that is swept next. */
    private int hand;

    /** The key's, or null if it is not there. */
    @Nullable
    public KeyCoordinator get(RecordKey key) {
        KeyCoordinator found = chains[chainOf(key)];
        while (found != null && !found.equals(key)) {
            found = found.next;
        }
        return found;
    }

    /** Adds a key that is not there. */
    public void add(KeyCoordinator key) {
        if (size >= chains.length / 4 * 3) {
            resize(chains.length * 2);
        }
        link(key);
        size++;
    }

    /**
     * Does nothing if this very object is not there: there may be another for the same key since.
     */
    @SuppressWarnings("ReferenceEquality")
    public void remove(KeyCoordinator key) {
        int chain = chainOf(key);
        KeyCoordinator before = null;
        KeyCoordinator found = chains[chain];
        while (found != null && found != key) {
            before = found;
            found = found.next;
        }
        if (found != null) {
            unlink(chain, before, found);
            shrink();
        }
    }

    public void forEach(Consumer<KeyCoordinator> each) {
        for (KeyCoordinator first : chains) {
            for (KeyCoordinator key = first; key != null; key = key.next) {
                each.accept(key);
            }
        }
    }

    public void clear() {
        chains = new KeyCoordinator[MIN_CHAINS];
        size = 0;
        hand = 0;
    }

    /**
     * Continues through the table from where the last sweep ended, around its end, and removes what
     * is not to be kept.
     *
     * @param keys about so many are looked at, each once
     * @param kept must leave the table as it is
     * @return whether it went around the table's end, or the table is so small that all were looked
     *     at
     */
    public boolean sweep(int keys, Predicate<KeyCoordinator> kept) {
        int looked = 0;
        boolean around = false;
        for (int swept = 0; swept < chains.length && looked < keys; swept++) {
            hand = (hand + 1) & (chains.length - 1);
            around |= hand == 0;
            KeyCoordinator before = null;
            for (KeyCoordinator key = chains[hand]; key != null; key = key.next) {
                looked++;
                if (kept.test(key)) {
                    before = key;
                } else {
                    unlink(hand, before, key);
                }
            }
        }
        shrink();
        return around;
    }

    public int size() {
        return size;
    }

    private int chainOf(RecordKey key) {
        return key.hashCode() & (chains.length - 1);
    }

    private void link(KeyCoordinator key) {
        int chain = chainOf(key);
        key.next = chains[chain];
        chains[chain] = key;
    }

    /** The key keeps what comes after it. */
    private void unlink(int chain, @Nullable KeyCoordinator before, KeyCoordinator key) {
        if (before == null) {
            chains[chain] = key.next;
        } else {
            before.next = key.next;
        }
        size--;
    }

    /** Where most chains are empty, a sweep would be long. */
    private void shrink() {
        if (chains.length > MIN_CHAINS && size < chains.length / 8) {
            resize(chains.length / 2);
        }
    }

    private void resize(int length) {
        @Nullable KeyCoordinator[] old = chains;
        chains = new KeyCoordinator[length];
        for (KeyCoordinator first : old) {
            KeyCoordinator key = first;
            while (key != null) {
                KeyCoordinator after = key.next;
                link(key);
                key = after;
            }
        }
        hand &= length - 1;
    }
}
