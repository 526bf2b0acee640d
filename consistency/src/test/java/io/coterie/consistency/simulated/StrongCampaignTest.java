package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.broken.BrokenStorage;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import org.junit.jupiter.api.Test;

/**
 * Runs of {@link StrongSimulationTest} in great number: {@code -Dcoterie.campaign=N} runs N seeds,
 * {@code -Dcoterie.from=S} names the first, and a line of progress comes every ten seconds.
 */
class StrongCampaignTest {
    private static final int FEW = 4;

    @Test
    void noSeedOfTheCampaignFails() throws InterruptedException {
        int count = Integer.getInteger("coterie.campaign", FEW);
        long first = Long.getLong("coterie.from", System.nanoTime() & Long.MAX_VALUE >>> 8);
        Campaign campaign = new Campaign(StrongSeed::checkDrawn, first, count);
        campaign.run();
        assertEquals(count, campaign.seeds());
    }

    @Test
    void runsThatHadNoClientsInTimeAreCountedApart() throws InterruptedException {
        Campaign campaign = new Campaign(
                seed -> new SimulatedRun(
                        seed, seed == 2 ? BrokenStorage.nothingDurable() : SimulatedCluster.Variant.CORRECT),
                1,
                3);
        campaign.run();
        assertEquals(3, campaign.seeds());
        assertEquals(1, campaign.withoutClients());
    }

    @Test
    void aCampaignStopsAtTheFirstSeedThatFails() {
        Campaign campaign = new Campaign(
                seed -> {
                    if (seed == 13) {
                        throw new AssertionError("seed 13 fails");
                    }
                    return StrongSeed.check(1);
                },
                10,
                10_000);
        AssertionError failure = assertThrows(AssertionError.class, campaign::run);
        assertEquals("seed 13 fails", failure.getMessage());
        assertTrue(campaign.seeds() < 100, () -> campaign.seeds() + " seeds were run");
    }
}
