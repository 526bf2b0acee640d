package io.coterie.rpc.error;

/**
 * What a handler throws so that its callers can distinguish the failure from others. The code
 * travels to the caller in place of the class name ({@link RemoteException#code()}), so the class
 * may be renamed without harm to nodes of another version.
 *
 * <p>Implemented by a {@link Throwable}.
 */
public interface CodedFailure {
    /**
     * A number from 1 to 255, which the application chooses. It must stand for the same failure in
     * all versions. Any other number counts as no code.
     */
    int code();
}
