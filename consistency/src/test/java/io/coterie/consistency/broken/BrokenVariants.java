package io.coterie.consistency.broken;

import io.coterie.consistency.Operation;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Each of these breaks one rule that the protocol's safety rests on. By name; a variant may be used
 * for one run only.
 *
 * <p>{@link BrokenDeletes#floorForgotten} and {@link BrokenDeletes#horizonIgnored} are not among
 * them: {@code DeletionSimulationTest} catches them, as they take keys that were forgotten just
 * before.
 */
final class BrokenVariants {
    private BrokenVariants() {}

    static Map<String, Supplier<SimulatedCluster.Variant>> all() {
        Map<String, Supplier<SimulatedCluster.Variant>> all = new LinkedHashMap<>();
        all.put("read without write-back", BrokenReads::withoutWriteBack);
        all.put("read of one replica", BrokenReads::ofOneReplica);
        all.put("read of what was seen last", BrokenReads::ofWhatWasSeenLast);
        all.put("exchange of what was found last", BrokenReads::exchangeOfWhatWasFoundLast);
        all.put("tombstone of a minority believed", BrokenReads::tombstoneTakenForAbsence);
        all.put("ballot without its state", OneStates::ballotWithoutItsState);
        all.put("ballot alone passed over", OneStates::ballotAlonePassedOver);
        all.put("promises of less than a majority", BrokenWrites::promisesOfLessThanAMajority);
        all.put("acceptances of less than a majority", BrokenWrites::acceptancesOfLessThanAMajority);
        all.put("any accepted state taken", BrokenWrites::anyAcceptedStateTaken);
        all.put("lowest accepted state taken", BrokenWrites::lowestAcceptedStateTaken);
        all.put("ballot used twice", BrokenWrites::ballotUsedTwice);
        all.put("proposal without prepare", BrokenWrites::proposalWithoutPrepare);
        all.put("refusal without accept", BrokenWrites::refusalWithoutAccept);
        all.put("put applied twice", () -> BrokenWrites.appliedTwice(Operation.Put.class));
        all.put("compareAndSet applied twice", () -> BrokenWrites.appliedTwice(Operation.CompareAndSet.class));
        all.put("add applied twice", () -> BrokenWrites.appliedTwice(Operation.Add.class));
        all.put("update applied twice", () -> BrokenWrites.appliedTwice(Operation.Update.class));
        all.put("delete applied twice", () -> BrokenWrites.appliedTwice(Operation.Delete.class));
        all.put("outcomes forgotten without a horizon", BrokenWrites::outcomesForgotten);
        all.put("conflict taken for failure", BrokenWrites::conflictTakenForFailure);
        all.put("batch applied in part", BrokenWrites::batchAppliedInPart);
        all.put("timestamps that do not rise", BrokenWrites::timestampsThatDoNotRise);
        all.put("unknown reported as failed", BrokenWrites::unknownReportedAsFailed);
        all.put("forwarded twice", BrokenWrites::forwardedTwice);
        all.put("ballots without proposer", BrokenWrites::ballotsWithoutProposer);
        all.put("ballot reused after restart", BrokenWrites::ballotReusedAfterRestart);
        all.put("acknowledgement before force", BrokenStorage::acknowledgementBeforeForce);
        all.put("accepted state forgotten at restart", BrokenStorage::acceptedForgotten);
        all.put("promise reported before force", BrokenStorage::promiseBeforeForce);
        all.put("promise forgotten at restart", BrokenStorage::promiseForgotten);
        all.put("amnesia", BrokenStorage::amnesia);
        all.put("last entries ignored", BrokenStorage::lastEntriesIgnored);
        all.put("damage in the middle passed over", BrokenStorage::damageInTheMiddlePassedOver);
        all.put("older copy taken", BrokenStorage::olderCopyTaken);
        all.put("start numbers ignored", BrokenStorage::startNumbersIgnored);
        all.put("tombstone dropped at once", BrokenStorage::tombstoneDroppedAtOnce);
        all.put("floor ignored", BrokenDeletes::floorIgnored);
        all.put("removed once a majority has the tombstone", BrokenDeletes::removedByMajority);
        return all;
    }
}
