package io.coterie.replication.internal.change;

import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.wire.SpareMethods;
import io.coterie.replication.internal.wire.SpareMethods.Spare;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The spares that have made themselves known to this node's replica: replicas that were never
 * members, and wait to become one. Whoever is silent for some seconds is forgotten.
 */
public final class Spares {
    /** So that nobody fills the memory with names. */
    private static final int MOST = 64;

    /** A host name has 253 characters at most. */
    private static final int MAX_ADDRESS = 260;

    /** A spare makes itself known once a second. */
    private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final RpcNode node;
    private final ConfigurationRecords records;
    private final Map<NodeId, Heard> heard = new HashMap<>();

    /** Read by any thread. */
    private volatile List<Heard> known = List.of();

    private record Heard(Spare spare, long at) {}

    Spares(RpcNode node, ConfigurationRecords records) {
        this.node = node;
        this.records = records;
    }

    void serve() {
        node.serveInline(SpareMethods.SPARE, (caller, spare, answer) -> {
            if (records.hasStorage(answer)) {
                answer.reply(hear(caller, spare));
            }
        });
    }

    /** The spares that wait now, in the order of their names. May be called by any thread. */
    public List<Newcomer> waiting() {
        long now = node.world().clock().nanos();
        return known.stream()
                .filter(each -> isFresh(each, now))
                .map(each -> new Newcomer(each.spare().id().node(), each.spare().address()))
                .toList();
    }

    private String hear(NodeId caller, Spare spare) {
        Configuration adopted = records.adopted();
        NodeId name = spare.id().node();
        long now = node.world().clock().nanos();
        if (!caller.equals(name)) {
            return caller + " cannot speak for " + name;
        }
        String wrong = adopted == null ? "the cluster is not founded yet" : problem(spare, adopted);
        heard.values().removeIf(each -> !isFresh(each, now));
        if (wrong == null && heard.size() >= MOST && !heard.containsKey(name)) {
            wrong = "there are " + MOST + " spares already: it is not needed";
        }
        if (wrong == null) {
            heard.put(name, new Heard(spare, now));
        } else {
            heard.remove(name);
        }
        known = heard.values().stream()
                .sorted(Comparator.comparing(each -> each.spare().id().node()))
                .toList();
        return wrong == null ? "it is a spare, and no member: add it at one of the members" : wrong;
    }

    private static @Nullable String problem(Spare spare, Configuration adopted) {
        if (!adopted.named(spare.id().node()).isEmpty()) {
            return "there is a member of its name: give it another name";
        }
        boolean isTaken = adopted.members().stream()
                .anyMatch(
                        member -> !spare.address().isEmpty() && member.address().equals(spare.address()));
        if (isTaken) {
            return spare.address() + " is the address of a member: give it its own";
        }
        return isAddress(spare.address()) ? null : "its address is not of the form host:port";
    }

    private static boolean isAddress(String address) {
        try {
            return address.isEmpty()
                    || (address.length() <= MAX_ADDRESS
                            && HostPort.parse(address).port() != 0);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isFresh(Heard each, long now) {
        return now - each.at() < FORGOTTEN_NANOS;
    }
}
