package io.coterie.replication.internal.restore;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Tenure;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.StorageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What several directories of one cluster are worth together.
 *
 * <p>A write is acknowledged by a majority of the group. So nothing acknowledged is missing if the
 * directories that count are a majority of it, and no later group can have been chosen: a majority
 * of the keepers is there, too, and none of them has accepted another configuration. A group that
 * one of them has accepted may have been chosen: then a majority of that one must be there as well.
 */
final class Remains {
    private final List<StoppedDirectory> all;
    private final Map<StoppedDirectory, Worth> worth = new LinkedHashMap<>();
    private final @Nullable Configuration last;
    private final List<String> doubts = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();

    /** What a directory is worth. */
    enum Worth {
        /** It counts: a member has it, and it is the latest that is known of. */
        COUNTS("is that of a member"),
        /** Another directory knows of a later start. What it has was so at one time. */
        OLDER_COPY("is an older copy of a member's directory"),
        /** The last configuration does not name these records, or the member was away in between. */
        NO_MEMBER("is that of no member, and is left out");

        private final String text;

        Worth(String text) {
            this.text = text;
        }
    }

    /** @throws StorageException if the directories are not those of one cluster */
    Remains(List<StoppedDirectory> all) {
        this.all = List.copyOf(all);
        requireDistinct();
        requireOneCluster();
        this.last = latest(this.all);
        for (StoppedDirectory each : all) {
            worth.put(each, worth(each));
        }
        judge();
    }

    /** The last configuration that one of them knows; null if none does. */
    @Nullable
    Configuration last() {
        return last;
    }

    private static @Nullable Configuration latest(List<StoppedDirectory> all) {
        Configuration found = null;
        for (StoppedDirectory each : all) {
            Configuration known = each.tables().configuration;
            if (known != null && (found == null || known.epoch() > found.epoch())) {
                found = known;
            }
        }
        return found;
    }

    /** Why acknowledged writes may be missing, as human-readable texts; empty if none is. */
    List<String> doubts() {
        return doubts;
    }

    /** What the operator should know besides. */
    List<String> findings() {
        return findings;
    }

    /** What each directory is, as a human-readable text. */
    String text(StoppedDirectory directory) {
        return directory.place() + " " + worth(directory).text;
    }

    /** Those whose records are taken. */
    List<StoppedDirectory> taken() {
        List<StoppedDirectory> members =
                all.stream().filter(each -> worth.get(each) != Worth.NO_MEMBER).toList();
        return members.isEmpty() ? all : members;
    }

    private void requireDistinct() {
        Map<MemberId, StoppedDirectory> seen = new LinkedHashMap<>();
        for (StoppedDirectory each : all) {
            StoppedDirectory other = seen.put(each.id(), each);
            if (other != null) {
                throw new StorageException(
                        other.place() + " and " + each.place() + " are both directories of replica "
                                + each.id().node() + ", and one is a copy. Give the latest only",
                        false,
                        null);
            }
        }
    }

    private void requireOneCluster() {
        Set<String> clusters = new LinkedHashSet<>();
        Set<String> lists = new LinkedHashSet<>();
        for (StoppedDirectory each : all) {
            Configuration known = each.tables().configuration;
            if (known != null) {
                clusters.add(Long.toHexString(known.cluster()));
            }
            lists.add(String.valueOf(each.tables().replicas));
        }
        if (clusters.size() > 1 || (clusters.isEmpty() && lists.size() > 1)) {
            String what = all.stream()
                    .map(each -> each.place() + " belongs to " + cluster(each))
                    .collect(Collectors.joining("; "));
            throw new StorageException(
                    "the directories do not belong to one cluster: " + what + ". Give those of one cluster",
                    false,
                    null);
        }
    }

    private static String cluster(StoppedDirectory each) {
        Configuration known = each.tables().configuration;
        return known == null
                ? "a cluster of the replicas " + each.tables().replicas
                : "cluster number " + Long.toHexString(known.cluster());
    }

    private Worth worth(StoppedDirectory each) {
        Configuration known = last;
        if (known != null
                && (known.placement().find(each.id()) == null
                        || Tenure.isInterrupted(each.tables().configuration, known, each.id()))) {
            return Worth.NO_MEMBER;
        }
        boolean isOlder = all.stream().anyMatch(each::isOlderThan);
        return isOlder ? Worth.OLDER_COPY : Worth.COUNTS;
    }

    private void judge() {
        Configuration known = last;
        if (known == null) {
            judgeList();
        } else {
            judge(known);
        }
        for (StoppedDirectory each : all) {
            if (worth.get(each) == Worth.OLDER_COPY) {
                doubts.add(text(each) + ". It does not count. Keys that were deleted since may be back");
            } else if (worth.get(each) == Worth.NO_MEMBER) {
                findings.add(text(each));
            }
            if (each.unrepaired()) {
                doubts.add("a repair of ballots in " + each.place() + " is not finished: what the directories have does"
                        + " not fit together. Finish it by io.coterie.consistency.RepairBallots first, if you can");
            }
        }
        if (all.stream().allMatch(each -> worth.get(each) == Worth.NO_MEMBER)) {
            doubts.add("none of the directories is that of a member, so all of them are out of date. They are taken"
                    + " nevertheless, as there is nothing better");
        }
    }

    /** A cluster from before there were configurations: the list of names counts. */
    private void judgeList() {
        int replicas = String.valueOf(all.get(0).tables().replicas).split(", ").length;
        long counting = all.stream()
                .filter(each -> worth.get(each) == Worth.COUNTS && each.tables().voting)
                .map(each -> each.id().node())
                .distinct()
                .count();
        requireMajority("replicas", counting, replicas);
        requireQuorums(
                List.of(String.valueOf(all.get(0).tables().replicas).split(", ")),
                all.stream()
                        .filter(each -> worth.get(each) == Worth.COUNTS && each.tables().voting)
                        .map(each -> each.id().node().name())
                        .toList());
        missing(counting, replicas);
    }

    private void judge(Configuration known) {
        for (Configuration possible : possible(known)) {
            List<GroupMember> group = possible.placement().group();
            String what = possible.equals(known)
                    ? "members in the last known configuration, of epoch " + known.epoch()
                    : "members in the configuration of epoch " + possible.epoch() + ", which may have followed it";
            requireMajority(what, group.stream().filter(this::counts).count(), group.size());
            requireQuorums(names(group.stream()), names(group.stream().filter(this::counts)));
        }
        long keepers = known.keepers().stream().filter(this::counts).count();
        if (keepers < Quorums.majority(known.keepers().size())) {
            doubts.add("it is not known whether the members have changed after epoch " + known.epoch()
                    + ". If so, all that was written since is missing");
        }
        missing(
                known.placement().group().stream().filter(this::counts).count(),
                known.placement().group().size());
    }

    /** The last known configuration, and those that may have followed it. */
    private Set<Configuration> possible(Configuration known) {
        Set<Configuration> possible = new LinkedHashSet<>(List.of(known));
        for (StoppedDirectory each : all) {
            Configuration accepted = each.tables().keeper.configuration();
            if (accepted != null && each.tables().keeper.base() == known.epoch()) {
                possible.add(accepted);
            }
        }
        return possible;
    }

    private boolean counts(GroupMember member) {
        return counts(member.id());
    }

    private boolean counts(MemberId id) {
        return all.stream().anyMatch(each -> each.id().equals(id) && worth.get(each) == Worth.COUNTS);
    }

    private void requireMajority(String what, long given, int of) {
        int needed = Quorums.majority(of);
        if (given < needed) {
            doubts.add("the directories are those of " + given + " of the " + of + " " + what + ". A majority is "
                    + needed + ". Acknowledged writes may be missing, and nobody can say which");
        }
    }

    private static List<String> names(Stream<GroupMember> members) {
        return members.map(member -> member.id().node().name()).toList();
    }

    /** What was acknowledged is at an accept quorum, and each prepare quorum has one of those. */
    private void requireQuorums(List<String> group, List<String> given) {
        Set<StoreSpec> stores = new LinkedHashSet<>();
        all.forEach(each -> stores.addAll(each.tables().stores.values()));
        for (StoreSpec store : stores) {
            QuorumPair named = QuorumPair.ofPolicy(store.policy());
            QuorumPair pair = named == null ? QuorumPair.ALL : named;
            if (!pair.areMajorities() && !pair.isPrepareQuorum(group, given)) {
                doubts.add("store \"" + store.name() + "\" has chosen its quorums, and the directories are no prepare"
                        + " quorum of it. Acknowledged writes of it may be missing, and nobody can say which");
            }
        }
    }

    private void missing(long given, int of) {
        if (given < of) {
            findings.add("of eventual stores, what only the missing members had is lost");
        }
    }

    /** The names of the members of the last known configuration, with their addresses. */
    String members() {
        Configuration known = last;
        if (known == null) {
            return String.valueOf(all.get(0).tables().replicas);
        }
        Set<MemberId> group = new HashSet<>();
        known.placement().group().forEach(member -> group.add(member.id()));
        return known.members().stream()
                .map(member -> text(member, group.contains(member.id())))
                .collect(Collectors.joining(", "));
    }

    private static String text(Member member, boolean isInGroup) {
        String address = member.address().isEmpty() ? "" : " (" + member.address() + ")";
        return member.id().node() + address + (isInGroup ? "" : ", which was coming");
    }
}
