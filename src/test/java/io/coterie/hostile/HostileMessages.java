package io.coterie.hostile;

import io.coterie.hostile.HostileMessage.Layout;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.spi.RandomSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Valid requests of every method that a replica serves, with keys of a few and all else drawn at
 * random.
 */
final class HostileMessages {
    static final int KEYS = 8;

    private static final int REQUESTS_OF_A_BATCH = 5;

    private final RandomSource random;
    private final LongSupplier wallMillis;
    private final StoreSpec strong;
    private final StoreSpec eventual;
    private final String replicas;

    /**
     * Messages for two stores.
     *
     * @param replicas the names of all, in their order, with ", " between them
     */
    HostileMessages(
            RandomSource random, LongSupplier wallMillis, StoreSpec strong, StoreSpec eventual, List<String> replicas) {
        this.random = random;
        this.wallMillis = wallMillis;
        this.strong = strong;
        this.eventual = eventual;
        this.replicas = String.join(", ", replicas);
    }

    /** One of each method. */
    List<HostileMessage> all() {
        List<HostileMessage> messages = new ArrayList<>(List.of(
                open(random.nextLong(2) == 0 ? strong : eventual, false),
                report(),
                register(),
                policy(),
                scan(),
                watch(),
                forward(),
                question(),
                settle(),
                digests(),
                copies(),
                keep().of("replica.keep.prepare"),
                configuration(keep()).of("replica.keep.accept"),
                new Layout().number(0).of("replica.configuration"),
                configuration(new Layout()).of("replica.adopt"),
                list(),
                transfer(),
                new Layout()
                        .text("spare")
                        .number(random.nextLong())
                        .text("10.0.0.4:7400")
                        .of("replica.spare"),
                new Layout().choice(1).of("replica.silences"),
                new Layout().of("coterie.heartbeat"),
                heartbeat().of("coterie.heartbeat"),
                heartbeat().of("coterie.heartbeat-echo"),
                new Layout()
                        .choice(1)
                        .bytes("b".getBytes(StandardCharsets.US_ASCII))
                        .of("coterie.sighting")));
        for (String name : List.of("read", "prepare", "accept", "remove", "fetch", "merge")) {
            messages.add(addressed(one(name)).of("replica." + name));
            Layout many = new Layout().address();
            for (int i = 0; i < REQUESTS_OF_A_BATCH; i++) {
                many.sized(one(name));
            }
            messages.add(many.of("replica." + name + ".batch"));
        }
        return messages;
    }

    private Layout heartbeat() {
        return new Layout()
                .choice(1)
                .number(random.nextLong())
                .number(random.nextLong())
                .choice(0)
                .choice(3)
                .number(random.nextLong())
                .number(random.nextLong())
                .shortNumber(2_000);
    }

    HostileMessage open(StoreSpec store, boolean byMajority) {
        return new Layout()
                .address()
                .text(store.name())
                .text(store.policy())
                .choice(byMajority ? 1 : 0)
                .of("replica.open");
    }

    HostileMessage accept(byte[] key, byte[] state) {
        long ballot = now();
        return addressed(key(strong, key))
                .ballot(ballot)
                .ballot(ballot)
                .block(state)
                .of("replica.accept");
    }

    /** Of a state that replicas can read, under a ballot of now. */
    HostileMessage change(byte[] key) {
        long ballot = now();
        return addressed(key(strong, key))
                .ballot(ballot)
                .ballot(ballot)
                .sized(state(ballot))
                .of("replica.accept");
    }

    HostileMessage merge(StoreSpec store, byte[] key) {
        return addressed(key(store, key))
                .checkedReading(now())
                .number(7)
                .choice(1)
                .block(bytes(9))
                .of("replica.merge");
    }

    HostileMessage prepare(StoreSpec store, byte[] key) {
        return addressed(key(store, key)).ballot(now()).of("replica.prepare");
    }

    byte[] someKey() {
        return new byte[] {'k', (byte) ('0' + random.nextLong(KEYS))};
    }

    byte[] bytes(int most) {
        byte[] bytes = new byte[(int) random.nextLong(most + 1L)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextLong();
        }
        return bytes;
    }

    /** A reading of a hybrid clock. */
    long now() {
        return wallMillis.getAsLong() << 16 | random.nextLong(1 << 8);
    }

    private Layout one(String name) {
        return switch (name) {
            case "read" -> withSender(key(strong, someKey()).ballot(now()));
            case "prepare" -> withSender(key(strong, someKey()).ballot(now()));
            case "accept" -> {
                long ballot = now();
                yield key(strong, someKey()).ballot(ballot).ballot(now()).sized(state(ballot));
            }
            case "remove" -> key(strong, someKey()).ballot(now()).ballot(now());
            case "fetch" -> key(eventual, someKey());
            case "merge" ->
                key(eventual, someKey())
                        .checkedReading(now())
                        .number(random.nextLong())
                        .choice(1)
                        .block(bytes(20));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private Layout withSender(Layout request) {
        return random.nextLong(2) == 0 ? request : request.text("a");
    }

    /** What a strong store keeps for a key. */
    private Layout state(long ballot) {
        boolean deleted = random.nextLong(4) == 0;
        Layout state = new Layout()
                .choice(deleted ? 0 : 1)
                .reading(ballot)
                .number(7)
                .number(0)
                .number(0)
                .reading(0)
                .choice(2);
        state.number(random.nextLong()).reading(ballot).shortNumber(0);
        state.number(random.nextLong()).reading(ballot).shortNumber(-1).block(bytes(4));
        return deleted ? state : state.bytes(bytes(20));
    }

    private HostileMessage report() {
        return new Layout().choice(1).of("replica.report");
    }

    private HostileMessage policy() {
        return new Layout().text(strong.name()).of("replica.policy");
    }

    private HostileMessage register() {
        return new Layout()
                .text(replicas)
                .number(random.nextLong())
                .choice(0)
                .choice(1)
                .number(random.nextLong())
                .of("replica.register");
    }

    private HostileMessage scan() {
        return new Layout()
                .address()
                .number(strong.id())
                .block(bytes(1))
                .block(bytes(1))
                .shortNumber(10)
                .of("replica.scan");
    }

    private HostileMessage watch() {
        return new Layout()
                .address()
                .number(strong.id())
                .block(bytes(1))
                .choice((int) random.nextLong(2))
                .number(random.nextLong(20))
                .number(random.nextLong())
                .number(random.nextLong(5) - 1)
                .of("replica.watch");
    }

    private HostileMessage forward() {
        Layout batch = new Layout()
                .block(someKey())
                .number(1_000_000_000L)
                .number(random.nextLong())
                .reading(now())
                .shortNumber(4);
        batch.choice(2).block(bytes(20));
        batch.choice(4).block(bytes(20));
        batch.choice(5).block(bytes(2)).block(bytes(2));
        batch.choice(7).choice(1).block(bytes(2)).choice(0);
        return batch.of("strong.forward/" + strong.name());
    }

    private HostileMessage digests() {
        int level = (int) random.nextLong(4);
        return new Layout()
                .address()
                .choice(1)
                .choice(level)
                .shortNumber((int) random.nextLong(1 << (4 * level)))
                .of("replica.digests");
    }

    private HostileMessage copies() {
        return new Layout()
                .address()
                .choice(2)
                .shortNumber(0)
                .shortNumber((int) random.nextLong(1 << 16))
                .shortNumber(1)
                .shortNumber((int) random.nextLong())
                .number(now())
                .number(random.nextLong())
                .of("replica.copies");
    }

    private Layout keep() {
        return new Layout()
                .number(random.nextLong(3))
                .number(random.nextLong())
                .text(replicas)
                .ballot(now());
    }

    /** Of one member and one partition, in a cluster that there is not. */
    private Layout configuration(Layout begun) {
        return begun.choice(1)
                .number(random.nextLong())
                .number(1)
                .choice(1)
                .text("a")
                .number(random.nextLong())
                .text("a:1")
                .text("")
                .choice(1)
                .choice(1)
                .choice(0)
                .shortNumber(1)
                .shortNumber(1)
                .shortNumber(1)
                .number(1)
                .choice(1)
                .choice(0)
                .number(1)
                .choice(0);
    }

    /** For a group and records that no replica has, most likely. */
    private HostileMessage list() {
        return new Layout()
                .number(random.nextLong(3))
                .number(random.nextLong())
                .choice(1)
                .shortNumber(1 << 16)
                .choice(0)
                .choice(2)
                .number(random.nextLong(1L << 32))
                .choice(0)
                .of("replica.list");
    }

    private HostileMessage transfer() {
        long ballot = now();
        return new Layout()
                .number(random.nextLong(3))
                .number(random.nextLong())
                .shortNumber(0)
                .choice(1)
                .number(strong.id())
                .block(someKey())
                .ballot(ballot)
                .ballot(now())
                .choice(1)
                .sized(state(ballot))
                .of("replica.transfer");
    }

    private HostileMessage settle() {
        return key(strong, someKey()).number(1_000_000_000L).of("strong.settle");
    }

    private HostileMessage question() {
        return new Layout()
                .block(someKey())
                .number(random.nextLong())
                .reading(now())
                .of("strong.goes-on/" + strong.name());
    }

    private static Layout addressed(Layout request) {
        return new Layout().address().then(request);
    }

    private static Layout key(StoreSpec store, byte[] key) {
        return new Layout().number(store.id()).block(key);
    }
}
