package io.coterie.rpc.internal;

import java.util.HashMap;
import java.util.Map;

/** The numbers of the methods that are called, by their names, so that a call need not hash its method's name. */
final class MethodIds {
    /** Bounds what a caller that makes up names can fill. */
    private static final int MOST = 1000;

    private final Map<String, Integer> ids = new HashMap<>();

    int of(String name) {
        Integer known = ids.get(name);
        if (known != null) {
            return known;
        }
        if (ids.size() >= MOST) {
            ids.clear();
        }
        int id = Message.methodId(name);
        ids.put(name, id);
        return id;
    }
}
