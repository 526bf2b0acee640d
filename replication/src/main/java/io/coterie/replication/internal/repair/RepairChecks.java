package io.coterie.replication.internal.repair;

import io.coterie.replication.internal.repair.RepairedReplica.Known;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.StorageException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks that the given directories are those of one whole cluster, or of enough of it. */
final class RepairChecks {
    private RepairChecks() {}

    /**
     * Requires the directories of one cluster, each the latest of its replica, of all replicas
     * except those that are named as missing. If some are missing, the others must include a
     * majority that has voted.
     *
     * @return the names of all replicas
     */
    static Set<String> requireMajority(List<Known> replicas, Set<String> without) {
        Set<String> names = requireSameList(replicas);
        Set<String> given =
                replicas.stream().map(known -> known.self().name()).collect(Collectors.toCollection(TreeSet::new));
        if (given.size() < replicas.size()) {
            throw refused("two of the directories belong to one replica: " + describe(replicas)
                    + ". Give the latest directory of each replica, and never a copy");
        }
        if (!names.containsAll(given) || !names.containsAll(without)) {
            throw refused("the replicas are " + String.join(", ", names) + ", but these directories belong to "
                    + String.join(", ", given) + (without.isEmpty() ? "" : ", without " + String.join(", ", without))
                    + ": a name is wrong, or a directory belongs to another cluster");
        }
        for (String name : names) {
            if (given.contains(name) == without.contains(name)) {
                throw refused(
                        given.contains(name)
                                ? "the directory of " + name + " is given, and so is --without " + name
                                        + ": leave one out"
                                : "the directory of " + name
                                        + " is missing. Give the directories of all replicas, or --without "
                                        + name + " if it is lost for good: " + name
                                        + " no longer votes after that");
            }
        }
        requireLatest(replicas);
        long voted = replicas.stream().filter(Known::hasVoted).count();
        if (!without.isEmpty() && voted < Quorums.majority(names.size())) {
            throw refused(voted + " of the directories belong to replicas that have voted, but the cluster of "
                    + names.size() + " needs those of " + Quorums.majority(names.size())
                    + ": promises and writes may be in the missing directories alone. Give these, too");
        }
        return names;
    }

    private static Set<String> requireSameList(List<Known> replicas) {
        String list = replicas.get(0).replicas();
        for (Known replica : replicas) {
            if (replica.replicas() == null) {
                throw refused(replica.place()
                        + " does not list the replicas of its cluster, because a version that did not record them"
                        + " wrote it. Start that replica once with this version");
            }
            if (!replica.replicas().equals(list)) {
                throw refused("the directories do not belong to one cluster: " + describe(replicas)
                        + ". Give the directories of one cluster");
            }
        }
        return new TreeSet<>(Set.of(String.valueOf(list).split(", ")));
    }

    /**
     * Checks as replicas do when they start: if another replica remembers a start that a directory
     * does not contain, the directory is an older copy or a new one.
     */
    private static void requireLatest(List<Known> replicas) {
        for (Known replica : replicas) {
            for (Known other : replicas) {
                if (!isKnownTo(other, replica)) {
                    throw refused(
                            isKnownTo(replica, other)
                                    ? replica.place() + " is not the latest directory of replica " + replica.self()
                                            + ": "
                                            + other.self()
                                            + " remembers a start of the replica that the directory does not contain."
                                            + " It is an older copy, was created again after a loss, or was left out of an"
                                            + " earlier repair."
                                            + " Give the latest directory; if that is lost, give --without "
                                            + replica.self()
                                    : "replicas " + replica.self() + " and " + other.self() + ", of " + replica.place()
                                            + " and " + other.place()
                                            + ", remember each other differently: the directories"
                                            + " belong to two clusters with the same names. Give those of one cluster");
                }
            }
        }
    }

    private static boolean isKnownTo(Known other, Known replica) {
        Remembered remembered = other.registrations().get(replica.self());
        return remembered == null || replica.recognises(remembered);
    }

    private static String describe(List<Known> replicas) {
        return replicas.stream()
                .map(known -> known.place() + " belongs to replica " + known.self() + " of " + known.replicas())
                .collect(Collectors.joining("; "));
    }

    /**
     * A repair counts majorities: where a store has chosen its quorums, fewer may have what is
     * acknowledged.
     */
    static void requireMajorities(FarBallots far) {
        Set<Long> numbers = new TreeSet<>(far.floors().keySet());
        far.keys().keySet().forEach(key -> numbers.add(key.store()));
        for (long number : numbers) {
            StoreSpec store = far.stores().get(number);
            if (store != null && !QuorumPair.MAJORITIES.equals(QuorumPair.ofPolicy(store.policy()))) {
                throw refused("keys of store \"" + store.name() + "\" have ballots out of bounds, and the store has"
                        + " chosen its quorums, which this repair cannot count. Set the clocks right, and start all"
                        + " replicas: a key is free again once the clocks have caught up with its ballots");
            }
        }
    }

    private static StorageException refused(String why) {
        return new StorageException(why + ".", false, null);
    }
}
