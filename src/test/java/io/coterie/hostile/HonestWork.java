package io.coterie.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Page;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.Watch;
import io.coterie.WatchListener;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.coordination.Lease;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Every operation that a node offers, on keys that a hostile peer has attacked and on others: each
 * must end well.
 */
final class HonestWork {
    static final StoreSpec STRONG = new StoreSpec("attacked", "strong");
    static final StoreSpec EVENTUAL = new StoreSpec("attacked too", "eventual");

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration WAIT = Duration.ofSeconds(60);

    /** Any bytes are a key: a hostile peer may put what it likes. */
    private static final Codec<String> KEYS = new Codec<>() {
        @Override
        public void encode(String value, ByteWriter out) {
            out.putBytes(value.getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        public String decode(ByteBuffer in) {
            byte[] bytes = new byte[in.remaining()];
            in.get(bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    };

    private final Coterie node;
    private final String name;

    /** @param name what nobody did before */
    HonestWork(Coterie node, String name) {
        this.node = node;
        this.name = name;
    }

    Store<String, byte[]> strong() {
        return node.store(STRONG.name(), KEYS, Codec.bytes(), Consistency.strong());
    }

    Store<String, byte[]> eventual() {
        return node.store(EVENTUAL.name(), KEYS, Codec.bytes(), Consistency.eventual());
    }

    void endsWell() throws InterruptedException {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < HostileMessages.KEYS; i++) {
            keys.add("k" + i);
        }
        keys.add("of " + name);
        for (String key : keys) {
            changes(key);
            byte[] value = bytes("eventual " + name);
            eventual().put(key, value);
            eventual().get(key);
        }
        reads(keys);
        watches("k0");
        watches("of " + name);
        counts();
        locks();
    }

    private void changes(String key) {
        Store<String, byte[]> store = strong();
        byte[] first = bytes("first " + name);
        byte[] second = bytes("second " + name);
        store.put(key, first);
        assertArrayEquals(first, store.get(key));
        assertTrue(store.compareAndSet(key, first, second));
        assertArrayEquals(second, store.get(key));
        store.delete(key);
        assertNull(store.get(key));
        assertTrue(store.putIfAbsent(key, first));
        store.update(key, before -> second);
        assertArrayEquals(second, store.get(key));
    }

    private void reads(Set<String> keys) {
        Map<String, byte[]> all = strong().getAll(keys);
        assertEquals(keys, all.keySet());
        Set<String> scanned = new HashSet<>();
        Scan<String> next = Scan.all();
        while (next != null) {
            Page<String, byte[]> page = strong().scan(next, 100);
            scanned.addAll(page.entries().keySet());
            next = page.next();
        }
        assertTrue(scanned.containsAll(keys), () -> scanned.size() + " keys");
    }

    private void watches(String key) throws InterruptedException {
        byte[] value = bytes("watched " + name);
        CountDownLatch reported = new CountDownLatch(1);
        WatchListener<String, byte[]> listener = change -> {
            byte[] seen = change.value();
            if (seen != null && new String(seen, StandardCharsets.UTF_8).equals("watched " + name)) {
                reported.countDown();
            }
        };
        Watch watch = strong().watch(key, listener);
        strong().put(key, value);
        assertTrue(reported.await(WAIT.toSeconds(), TimeUnit.SECONDS), "a watch of " + key);
        watch.close();
    }

    private void counts() {
        Counters<String> counters = node.counters("counted", Codec.utf8());
        assertEquals(2, counters.addAndGet(name, 2));
        assertEquals(3, counters.addAndGet(name, 1));
        assertEquals(3, counters.get(name));
    }

    private void locks() {
        List<Long> tokens = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (Lease lease = node.coordination("jobs")
                    .lock("attacked", LEASE)
                    .tryAcquire(WAIT)
                    .orElseThrow()) {
                tokens.add(lease.token());
            }
        }
        assertTrue(tokens.get(1) > tokens.get(0));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
