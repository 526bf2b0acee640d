package io.coterie.replication.internal.repair;

import io.coterie.replication.Quorums;
import io.coterie.replication.internal.repair.RepairedReplica.Known;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.storage.StorageException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether some directories are all there is of a cluster, or enough of it. */
final class RepairChecks {
    private RepairChecks() {}

    /**
     * Requires directories of one cluster, each the latest of its replica, of all replicas but
     * those that are named as missing; and of a majority that has voted, where some are missing.
     *
     * @return the names of all replicas
     */
    static Set<String> requireMajority(List<Known> replicas, Set<String> without) {
        Set<String> names = requireSameList(replicas);
        Set<String> given =
                replicas.stream().map(known -> known.self().name()).collect(Collectors.toCollection(TreeSet::new));
        if (given.size() < replicas.size()) {
            throw refused("two of the directories are of one replica: " + describe(replicas)
                    + ". Give the latest of each replica, and never a copy");
        }
        if (!names.containsAll(given) || !names.containsAll(without)) {
            throw refused("the replicas are " + String.join(", ", names) + ", and these are directories of "
                    + String.join(", ", given) + (without.isEmpty() ? "" : ", without " + String.join(", ", without))
                    + ": a name is wrong, or a directory is another cluster's");
        }
        for (String name : names) {
            if (given.contains(name) == without.contains(name)) {
                throw refused(
                        given.contains(name)
                                ? "the directory of " + name + " is given, and --without " + name
                                        + ", too: leave one out"
                                : "the directory of " + name + " is missing. Give those of all replicas, or --without "
                                        + name + " if it is lost for good: " + name
                                        + " does not vote any more after that");
            }
        }
        requireLatest(replicas);
        long voted = replicas.stream().filter(Known::hasVoted).count();
        if (!without.isEmpty() && voted < Quorums.majority(names.size())) {
            throw refused(voted + " of the directories are of replicas that have voted, and the cluster of "
                    + names.size() + " needs those of " + Quorums.majority(names.size())
                    + ": what was promised and written may be in the others alone. Give these, too");
        }
        return names;
    }

    private static Set<String> requireSameList(List<Known> replicas) {
        String list = replicas.get(0).replicas();
        for (Known replica : replicas) {
            if (replica.replicas() == null) {
                throw refused(replica.place()
                        + " does not tell which replicas its cluster has, as it was written by a version that"
                        + " did not record them. Start that replica once with this version");
            }
            if (!replica.replicas().equals(list)) {
                throw refused("the directories are not of one cluster: " + describe(replicas)
                        + ". Give those of one cluster");
            }
        }
        return new TreeSet<>(Set.of(String.valueOf(list).split(", ")));
    }

    /**
     * As replicas do when they start: whom another one remembers otherwise has lost its memory, or
     * it is an older copy.
     */
    private static void requireLatest(List<Known> replicas) {
        for (Known replica : replicas) {
            for (Known other : replicas) {
                if (!isKnownTo(other, replica)) {
                    throw refused(
                            isKnownTo(replica, other)
                                    ? replica.place() + " is not the latest directory of replica " + replica.self()
                                            + ", as "
                                            + other.self()
                                            + " remembers a start of it that it does not know: it is an older"
                                            + " copy, was made anew after the directory was lost, or was left out of an earlier"
                                            + " repair. Give the latest; if that is lost, leave it out, with --without "
                                            + replica.self()
                                    : "replicas " + replica.self() + " and " + other.self() + ", of " + replica.place()
                                            + " and " + other.place() + ", do not know each other as these directories"
                                            + " tell: they are of two clusters with the same names. Give those of one");
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
                .map(known -> known.place() + " is of replica " + known.self() + " of " + known.replicas())
                .collect(Collectors.joining("; "));
    }

    private static StorageException refused(String why) {
        return new StorageException(why + ".", false, null);
    }
}
