package io.coterie.rpc.internal.nio;

import java.lang.reflect.Method;

/**
 * What the JVM reports of its memory. By reflection: the module under test has no use for the
 * management modules.
 */
public final class Measured {
    private static final String FACTORY = "java.lang.management.ManagementFactory";
    private static final String POOL = "java.lang.management.BufferPoolMXBean";
    private static final Object THREADS = invoke(method(FACTORY, "getThreadMXBean"), null);
    private static final Object DIRECT = directPool();
    private static final Method USED = method(POOL, "getMemoryUsed");
    private static final Method ALLOCATED =
            method("com.sun.management.ThreadMXBean", "getThreadAllocatedBytes", long.class);

    private Measured() {}

    /** How many bytes a thread has allocated on the heap since it began. */
    public static long allocatedBy(long threadId) {
        return (long) invoke(ALLOCATED, THREADS, threadId);
    }

    /** How many bytes are held outside of the heap, for buffers that may be garbage already. */
    public static long directBytes() {
        return (long) invoke(USED, DIRECT);
    }

    private static Object directPool() {
        Iterable<?> pools = (Iterable<?>) invoke(method(FACTORY, "getPlatformMXBeans", Class.class), null, type(POOL));
        for (Object pool : pools) {
            if (invoke(method(POOL, "getName"), pool).equals("direct")) {
                return pool;
            }
        }
        throw new AssertionError("no pool of direct buffers");
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Method method(String type, String name, Class<?>... parameters) {
        try {
            return type(type).getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static Object invoke(Method method, Object on, Object... arguments) {
        try {
            return method.invoke(on, arguments);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the JVM does not report its memory", e);
        }
    }
}
