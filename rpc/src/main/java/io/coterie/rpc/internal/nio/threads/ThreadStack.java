package io.coterie.rpc.internal.nio.threads;

/** Where a thread is now, in a form that loggers print. It is not thrown. */
public final class ThreadStack extends Throwable {
    private static final long serialVersionUID = 1L;

    private ThreadStack(String name) {
        super("the stack of " + name, null, false, true);
    }

    /** Looks where the thread is now. */
    public static Throwable of(Thread held) {
        Throwable stack = new ThreadStack(held.getName());
        stack.setStackTrace(held.getStackTrace());
        return stack;
    }
}
