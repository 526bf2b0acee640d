package io.coterie.internal.typed;

import io.coterie.Change;
import io.coterie.WatchListener;
import io.coterie.consistency.KeyListener;
import io.coterie.replication.spi.Ballot;
import org.jspecify.annotations.Nullable;

/** Decodes what a watch reports, on the thread of the listener. */
record TypedListener<K, V>(ApiValues api, ValueCodec<K> keys, ValueCodec<V> values, WatchListener<K, V> listener)
        implements KeyListener {
    @Override
    public void onChange(byte[] key, byte @Nullable [] value, Ballot version) {
        V decoded = value == null ? null : values.decode(value, false);
        listener.onChange(new Change<>(keys.decode(key, false), decoded, api.version(version)));
    }

    @Override
    public void onMissed(byte[] key, Ballot after, Ballot before) {
        listener.onMissed(keys.decode(key, false), api.version(after), api.version(before));
    }
}
