package io.coterie.rpc;

/**
 * What a handler fails with, where its callers are to tell it apart. The code travels to the caller in place of the class
 * name, so that a class may be renamed without harm to nodes of another version: {@link RemoteException#code()}.
 *
 * <p>Implemented by a {@link Throwable}.
 */
public interface CodedFailure {
    /** A number from 1 to 255, of the application's own choice. It stands for the same failure in all versions. */
    int code();
}
