package io.coterie.replication.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.transfer.Transfer.Outcome;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a transfer if members fail, and what it costs. */
class TransferTest {
    private static final StoreSpec STORE = new StoreSpec("s", "strong");
    private static final int KEYS = 300;
    private static final int STATE_BYTES = 100;
    private static final Ballot BALLOT = new Ballot(5, 1);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final TransferLimits LIMITS = limits(true);

    private final TransferWorld world = new TransferWorld(3);
    private final List<RecordKey> rounds = new ArrayList<>();
    private @Nullable Outcome outcome;
    private long largest;
    private @Nullable Transfer running;

    @Test
    void aNewcomerHasEachKeyInTheEnd() {
        fill("a", "b", "c");
        start("a", LIMITS);
        assertEquals(new Outcome.Done(), end());
        assertEquals(KEYS, known("d"));
        assertEquals(List.of(), rounds, "all members agree");
        Transfer.Progress progress = progress();
        assertEquals(new Transfer.Progress(KEYS, KEYS, progress.bytesSent()), progress);
        assertTrue(progress.bytesSent() < 2L * KEYS * (STATE_BYTES + 100), "d alone was sent: " + progress);
    }

    /** It may have promised that to a coordinator that has learned that nothing is chosen below. */
    @Test
    void aKeyThatTheNewcomerHasPromisedNotToAcceptIsSettledByARound() {
        fill("a", "b", "c");
        world.open("d", STORE);
        promise("d", new Ballot(50, 1));
        start("a", LIMITS);
        assertEquals(new Outcome.Done(), end());
        assertEquals(List.of(key(0)), rounds);
        assertEquals(KEYS, known("d"));
    }

    @Test
    void aMemberOfBothGroupsGetsThePromiseThatItMissed() {
        fill("a", "b", "c");
        Ballot promise = new Ballot(50, 1);
        promise("a", promise);
        promise("b", promise);
        world.simulation.runFor(Duration.ofMillis(10));
        TransferPlan plan = TransferWorld.plan(2);
        start("a", LIMITS, new TransferPlan(2, plan.group(), List.of(TransferWorld.member("c"))));
        assertEquals(new Outcome.Done(), end());
        assertEquals(promise, observed("c").promised(key(0)));
        assertEquals(BALLOT, observed("c").promised(key(1)));
    }

    private void promise(String name, Ballot ballot) {
        world.on(
                name,
                replica -> replica.replica()
                        .registers()
                        .prepare(NodeId.of(name), new ReplicaMethods.Prepare(key(0), ballot), TransferWorld.nobody()));
    }

    @Test
    void aMemberThatIsAwayIsNotNeeded() {
        fill("a", "b", "c");
        isolate("b");
        start("a", LIMITS);
        assertEquals(new Outcome.Done(), end());
        assertEquals(KEYS, known("d"));
    }

    /** Its first member is asked for the states, and has none. */
    @Test
    void aMemberThatHasMissedEverythingCostsNoRound() {
        fill("b", "c");
        start("c", LIMITS);
        assertEquals(new Outcome.Done(), end());
        assertEquals(KEYS, known("d"));
        assertEquals(List.of(), rounds);
    }

    @Test
    void aMemberThatStopsToAnswerHalfwayIsLeftOut() {
        fill("a", "b", "c");
        start("c", LIMITS);
        untilAThirdIsDone();
        isolate("a");
        assertEquals(new Outcome.Done(), end());
        assertEquals(KEYS, known("d"));
    }

    /** One was left out; when another is gone, only the first can make a majority again. */
    @Test
    void aTransferBeginsAgainWithAMemberThatIsBack() {
        fill("a", "b", "c");
        isolate("b");
        start("a", LIMITS);
        untilAThirdIsDone();
        world.simulation.network().heal();
        isolate("c");
        assertEquals(new Outcome.Done(), end());
        assertEquals(KEYS, known("d"));
    }

    @Test
    void aNewcomerThatIsGoneIsNamed() {
        fill("a", "b", "c");
        isolate("d");
        start("a", LIMITS);
        assertEquals(TransferWorld.member("d"), ((Outcome.Failed) end()).member());
    }

    @Test
    void withoutAMajorityOfTheGroupAMemberIsNamed() {
        fill("a", "b", "c");
        isolate("b");
        isolate("c");
        start("a", LIMITS);
        Outcome.Failed failed = (Outcome.Failed) end();
        assertTrue(List.of(TransferWorld.member("b"), TransferWorld.member("c")).contains(failed.member()));
    }

    @Test
    void aNewcomerOfAnotherIncarnationIsNamedWithTheReason() {
        fill("a", "b", "c");
        TransferPlan plan = TransferWorld.plan(2);
        MemberId other = new MemberId(NodeId.of("d"), 7);
        start(
                "a",
                LIMITS,
                new TransferPlan(
                        2, plan.group(), List.of(plan.next().get(0), plan.next().get(1), other)));
        assertEquals(new Outcome.Failed(other, "another incarnation"), withoutPeer((Outcome.Failed) end()));
    }

    private static Outcome.Failed withoutPeer(Outcome.Failed failed) {
        String reason = failed.reason();
        return new Outcome.Failed(failed.member(), reason.substring(reason.lastIndexOf("another")));
    }

    @Test
    void aTransferEndsWhenItsOwnReplicaKnowsALaterChange() {
        fill("a", "b", "c");
        start("a", LIMITS);
        untilAThirdIsDone();
        world.enter("a", 3);
        assertEquals(new Outcome.Superseded(), end());
    }

    /** Others may not have heard of the change that the transfer is for. */
    @Test
    void aMemberThatKnowsAnEarlierEpochIsAskedAgain() {
        fill("a", "b", "c");
        world.enter("b", 1);
        world.enter("c", 1);
        world.enter("d", 1);
        start("a", LIMITS);
        world.simulation.runFor(Duration.ofSeconds(1));
        List.of("b", "c", "d").forEach(name -> world.enter(name, 2));
        assertEquals(new Outcome.Done(), end());
        assertEquals(KEYS, known("d"));
    }

    @Test
    void aTransferThatIsStoppedReportsNothingAndAnotherOneEndsIt() {
        fill("a", "b", "c");
        Transfer first = start("a", LIMITS);
        untilAThirdIsDone();
        world.simulation.node("a").execute(first::stop);
        world.simulation.runFor(Duration.ofSeconds(20));
        assertNull(outcome);
        int before = known("d");
        assertTrue(before > 0 && before < KEYS, before + " keys");
        start("c", LIMITS);
        assertEquals(new Outcome.Done(), end());
        assertEquals(KEYS, known("d"));
    }

    /** Without pauses the next page is on its way meanwhile, too. */
    @Test
    void aTransferPausesAsLongAsAPageTakesUnlessThatIsTurnedOff() {
        fill("a", "b", "c");
        long begun = world.simulation.nanos();
        start("a", limits(false));
        end();
        long unthrottled = world.simulation.nanos() - begun;
        outcome = null;
        TransferTest other = new TransferTest();
        other.fill("a", "b", "c");
        long otherBegun = other.world.simulation.nanos();
        other.start("a", limits(true));
        other.end();
        double times = (double) (other.world.simulation.nanos() - otherBegun) / unthrottled;
        assertTrue(times > 2 && times < 6, "throttled takes " + times + " times as long");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestHasAboutAPage(boolean throttled) {
        fill("a", "b", "c");
        start("a", limits(throttled));
        end();
        assertTrue(largest <= LIMITS.pageBytes() + STATE_BYTES + 200, "largest request: " + largest);
    }

    private void fill(String... names) {
        for (String name : names) {
            world.open(name, STORE);
            for (int i = 0; i < KEYS; i++) {
                byte[] state = new byte[STATE_BYTES];
                state[0] = 1;
                ReplicaMethods.Accept accept = new ReplicaMethods.Accept(key(i), BALLOT, state, BALLOT);
                world.on(
                        name,
                        replica ->
                                replica.replica().registers().accept(NodeId.of(name), accept, TransferWorld.nobody()));
            }
        }
        world.simulation.runFor(Duration.ofMillis(100));
    }

    private static TransferLimits limits(boolean throttled) {
        return new TransferLimits(
                4_000,
                4,
                Duration.ofSeconds(1).toNanos(),
                Duration.ofMillis(20).toNanos(),
                Duration.ofMillis(200).toNanos(),
                Duration.ofSeconds(10).toNanos(),
                throttled);
    }

    private Transfer start(String driver, TransferLimits limits) {
        return start(driver, limits, TransferWorld.plan(2));
    }

    private Transfer start(String driver, TransferLimits limits, TransferPlan plan) {
        Transfer transfer = new Transfer(
                world.node(driver),
                plan,
                limits,
                (key, done) -> {
                    rounds.add(key);
                    new JointRound(
                                    world,
                                    world.simulation.random("rounds"),
                                    key,
                                    new Ballot(100 + rounds.size(), 1),
                                    settled -> world.simulation.node(driver).execute(() -> done.accept(settled)))
                            .start();
                },
                new Transfer.Listener() {
                    private long sent;

                    @Override
                    public void progressed(Transfer.Progress progress) {
                        largest = Math.max(largest, progress.bytesSent() - sent);
                        sent = progress.bytesSent();
                    }

                    @Override
                    public void ended(Outcome how) {
                        outcome = how;
                    }
                });
        running = transfer;
        world.simulation.node(driver).execute(transfer::start);
        return transfer;
    }

    private void untilAThirdIsDone() {
        assertTrue(world.simulation.runUntil(() -> progress().keysDone() > KEYS / 3, LIMIT));
        assertNull(outcome);
    }

    private @Nullable Outcome end() {
        assertTrue(world.simulation.runUntil(() -> outcome != null, LIMIT), "it does not end");
        return outcome;
    }

    private Transfer.Progress progress() {
        Transfer current = running;
        return current == null ? new Transfer.Progress(0, 0, 0) : current.progress();
    }

    private void isolate(String name) {
        SimNode node = world.simulation.node(name);
        world.simulation.network().isolate(node);
    }

    /** How many keys a replica has with their state. */
    private int known(String name) {
        world.simulation.network().heal();
        world.simulation.runFor(Duration.ofSeconds(1));
        return (int) observed(name).registers.values().stream()
                .filter(register -> !BALLOT.isAbove(register.accepted()))
                .count();
    }

    private Knowledge observed(String name) {
        return world.observe().getOrDefault(name, new Knowledge());
    }

    private static RecordKey key(int number) {
        return new RecordKey(
                STORE.id(), ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }
}
