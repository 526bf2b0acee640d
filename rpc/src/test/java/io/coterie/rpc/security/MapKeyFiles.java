package io.coterie.rpc.security;

import io.coterie.rpc.spi.KeyFiles;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Key files in memory, which outlive the node that uses them. */
public final class MapKeyFiles implements KeyFiles {
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    /** None as yet. */
    public MapKeyFiles() {}

    @Override
    public byte @Nullable [] read(String name, int maxBytes) {
        return files.get(name);
    }

    @Override
    public void replace(String name, byte[] content) {
        files.put(name, content.clone());
    }

    @Override
    public String where(String name) {
        return "memory/" + name;
    }

    String text(String name) {
        return new String(files.getOrDefault(name, new byte[0]), StandardCharsets.US_ASCII);
    }

    void delete(String name) {
        files.remove(name);
    }
}
