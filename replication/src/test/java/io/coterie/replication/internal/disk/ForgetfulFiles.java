package io.coterie.replication.internal.disk;

import static org.mockito.Mockito.mock;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.spi.FileSystemProvider;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mockito.invocation.InvocationOnMock;

/**
 * Real files, and a power loss that takes away what was made, and puts back what was deleted, since
 * its directory was last forced. A system may do that, and mostly does not.
 */
final class ForgetfulFiles {
    private final Set<Path> made = new TreeSet<>();
    private final Map<Path, byte[]> deleted = new TreeMap<>();
    private final FileSystem system;
    private final FileSystemProvider provider;

    /** Over the file system of a path. */
    ForgetfulFiles(Path real) {
        FileSystem realSystem = real.getFileSystem();
        this.provider = mock(FileSystemProvider.class, call -> provide(realSystem.provider(), call));
        this.system = mock(
                FileSystem.class,
                call -> call.getMethod().getName().equals("provider")
                        ? provider()
                        : invoke(call.getMethod(), realSystem, call.getRawArguments()));
    }

    /** The same path, with all that is done to it under the eyes of this. */
    Path watched(Path real) {
        return (Path) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Path.class}, new Watched(this, real));
    }

    void losePower() throws IOException {
        for (Path path : made) {
            if (Files.exists(path)) {
                try (Stream<Path> tree = Files.walk(path)) {
                    for (Path lost : tree.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(lost);
                    }
                }
            }
        }
        for (Map.Entry<Path, byte[]> back : deleted.entrySet()) {
            Files.write(back.getKey(), back.getValue());
        }
        made.clear();
        deleted.clear();
    }

    private FileSystemProvider provider() {
        return provider;
    }

    private @Nullable Object provide(FileSystemProvider real, InvocationOnMock call) throws Throwable {
        String name = call.getMethod().getName();
        Object first = unwatched(call.getRawArguments()[0]);
        if (name.equals("newFileChannel") && Files.isDirectory((Path) first)) {
            return mock(FileChannel.class, onDirectory -> {
                if (onDirectory.getMethod().getName().equals("force")) {
                    made.removeIf(path -> first.equals(path.getParent()));
                    deleted.keySet().removeIf(path -> first.equals(path.getParent()));
                }
                return null;
            });
        }
        if (List.of("newFileChannel", "createDirectory").contains(name) && Files.notExists((Path) first)) {
            made.add((Path) first);
        }
        if (name.startsWith("delete") && Files.exists((Path) first) && !made.remove(first)) {
            deleted.put((Path) first, Files.readAllBytes((Path) first));
        }
        return invoke(call.getMethod(), real, call.getRawArguments());
    }

    private static Object unwatched(Object path) {
        return path instanceof Path && Proxy.isProxyClass(path.getClass())
                ? ((Watched) Proxy.getInvocationHandler(path)).real
                : path;
    }

    private static @Nullable Object invoke(Method method, Object on, Object[] arguments) throws Throwable {
        try {
            return method.invoke(
                    on, Stream.of(arguments).map(ForgetfulFiles::unwatched).toArray());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private record Watched(ForgetfulFiles files, Path real) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            if (method.getName().equals("getFileSystem")) {
                return files.system;
            }
            Object result = ForgetfulFiles.invoke(method, real, arguments == null ? new Object[0] : arguments);
            return result instanceof Path path ? files.watched(path) : result;
        }
    }
}
