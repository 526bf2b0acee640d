package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Loggers and test runners carry exceptions from one process to another: all parts of one
 * are there, too.
 */
class SerializedExceptionsTest {
    @ParameterizedTest
    @MethodSource("types")
    void anExceptionHasTheSamePartsAfterARoundTrip(Class<?> type) throws Exception {
        List<CoterieException> samples = samples(type);
        assertFalse(samples.isEmpty(), "none could be made of " + type);
        for (CoterieException sample : samples) {
            assertEquals(parts(sample), parts(roundTrip(sample)));
        }
    }

    static Stream<Class<?>> types() {
        List<Class<?>> types = new ArrayList<>();
        for (JavaClass found : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.coterie")) {
            if (found.isAssignableTo(CoterieException.class)
                    && !found.getModifiers().contains(JavaModifier.ABSTRACT)) {
                types.add(found.reflect());
            }
        }
        assertTrue(types.size() >= 18, () -> "only " + types);
        return types.stream();
    }

    /** One by each constructor and factory that this test may call. */
    private static List<CoterieException> samples(Class<?> type) throws ReflectiveOperationException {
        List<CoterieException> samples = new ArrayList<>();
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isReachable(constructor)) {
                samples.add((CoterieException) constructor.newInstance(arguments(constructor)));
            }
        }
        for (Method factory : type.getDeclaredMethods()) {
            if (Modifier.isStatic(factory.getModifiers()) && factory.getReturnType() == type && isReachable(factory)) {
                samples.add((CoterieException) factory.invoke(null, arguments(factory)));
            }
        }
        return samples;
    }

    private static boolean isReachable(Executable executable) {
        boolean here = executable.getDeclaringClass().getPackage().equals(SerializedExceptionsTest.class.getPackage());
        return Modifier.isPublic(executable.getModifiers()) || (here && executable.trySetAccessible());
    }

    private static Object[] arguments(Executable executable) {
        return Stream.of(executable.getParameterTypes())
                .map(SerializedExceptionsTest::argument)
                .toArray();
    }

    private static @Nullable Object argument(Class<?> type) {
        if (type == String.class) {
            return "a text";
        } else if (type == boolean.class) {
            return true;
        } else if (type == int.class) {
            return 7;
        } else if (type.isEnum()) {
            return type.getEnumConstants()[1];
        } else if (type == Map.class) {
            Map<NodeId, String> answers = new LinkedHashMap<>();
            answers.put(NodeId.of("b"), "no answer yet");
            answers.put(NodeId.of("a"), "answered");
            return answers;
        } else if (type == Duration.class) {
            return Duration.ofMillis(7);
        } else if (type.isAssignableFrom(IllegalStateException.class)) {
            return new IllegalStateException("a cause");
        }
        throw new AssertionError("no value of " + type + " is known here");
    }

    private static Map<String, String> parts(CoterieException thrown) throws ReflectiveOperationException {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("text", thrown.toString());
        parts.put("cause", String.valueOf(thrown.getCause()));
        for (Method method : thrown.getClass().getMethods()) {
            if (method.getParameterCount() == 0
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getDeclaringClass().getName().startsWith("io.coterie.")) {
                parts.put(method.getName(), String.valueOf(method.invoke(thrown)));
            }
        }
        return parts;
    }

    private static CoterieException roundTrip(CoterieException thrown) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(thrown);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (CoterieException) in.readObject();
        }
    }
}
