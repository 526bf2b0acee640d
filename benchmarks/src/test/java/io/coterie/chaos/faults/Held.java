package io.coterie.chaos.faults;

import io.coterie.chaos.cluster.ChaosCluster;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The replicas that a source of faults has in hand, so that no other source starts or ends them
 * meanwhile. Safe for use by any thread.
 */
public final class Held {
    private final ChaosCluster cluster;
    private final Set<String> held = new HashSet<>();

    public Held(ChaosCluster cluster) {
        this.cluster = cluster;
    }

    /** Takes those that nobody has in hand and that are meant to run. Returns them. */
    synchronized List<String> takeFree(List<String> wanted) {
        List<String> running = cluster.replicas();
        List<String> taken = new ArrayList<>();
        for (String name : wanted) {
            if (running.contains(name) && held.add(name)) {
                taken.add(name);
            }
        }
        return taken;
    }

    /** Takes a replica, once nobody else has it in hand. Only one source may wait so. */
    synchronized void take(String name) throws InterruptedException {
        while (!held.add(name)) {
            wait();
        }
    }

    synchronized void release(List<String> names) {
        names.forEach(held::remove);
        notifyAll();
    }
}
