package io.coterie.replication.internal.change;

import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.keepers.NodeConfiguration;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.wire.SpareMethods;
import io.coterie.replication.internal.wire.SpareMethods.Silences;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a spare take the place of a member that was silent for too long. It begins an ordinary
 * change, as an operator would: if two members do it at once, the keepers choose one of the changes.
 * Without a spare it only says so, because a smaller cluster survives fewer failures.
 */
public final class AutoReplacement {
    private static final Logger log = LoggerFactory.getLogger(AutoReplacement.class);

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An answer that takes long still shows that the member is alive. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Members act one after another, so that they seldom do it at once. */
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How long to wait after a change that was refused or taken back. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final RpcNode node;
    private final NodeConfiguration configuration;
    private final ConfigurationRecords records;
    private final Changes changes;
    private final long silenceNanos;
    private final Evidence evidence;
    private final Repetition looks;

    /** How often a change failed that was to make a spare a member. */
    private final Map<NodeId, Integer> failures = new HashMap<>();

    /** The members of which it was said that no spare can take their place. */
    private final Set<NodeId> said = new TreeSet<>();

    private boolean replacing;
    private @Nullable Long pausedAt;

    /** @param silence after which a member is replaced; null if it never is */
    public AutoReplacement(
            RpcNode node,
            NodeConfiguration configuration,
            ConfigurationRecords records,
            Changes changes,
            @Nullable Duration silence) {
        this.node = node;
        this.configuration = configuration;
        this.records = records;
        this.changes = changes;
        this.silenceNanos = silence == null ? 0 : silence.toNanos();
        this.evidence = new Evidence(node.self(), PERIOD_NANOS);
        this.looks = new Repetition(node.world().scheduler(), PERIOD_NANOS, this::look, () -> replacing = false);
    }

    /** Answers others, and looks for silent members if it is to replace them. */
    public void start() {
        node.serveInline(
                SpareMethods.SILENCES,
                (caller, asked, answer) -> answer.reply(new Silences(isActing(), evidence.millis())));
        if (silenceNanos > 0) {
            looks.guard(this::look);
        }
    }

    public void stop() {
        looks.cancel();
    }

    private boolean isActing() {
        return silenceNanos > 0 && isMember();
    }

    private boolean isMember() {
        Configuration adopted = records.adopted();
        return adopted != null && adopted.find(records.self()) != null && records.votes();
    }

    private void look() {
        looks.in(PERIOD_NANOS);
        Configuration adopted = configuration.current().now();
        if (adopted == null || !isMember()) {
            evidence.forget();
            return;
        }
        long now = now();
        evidence.look(adopted, now);
        adopted.members().stream()
                .map(member -> member.id().node())
                .distinct()
                .filter(other -> !other.equals(node.self()))
                .forEach(other -> ask(other, now));
        end(name -> adopted.named(name).isEmpty(), "was replaced");
        if (!adopted.isMoving() && !replacing) {
            judge(adopted);
        }
    }

    private void ask(NodeId other, long askedAt) {
        node.loop().send(other, SpareMethods.SILENCES, true, ANSWER_NANOS, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, Silences silences) {
                evidence.heard(peer, now());
                evidence.report(peer, silences, askedAt);
                end(peer::equals, "is back");
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                if (failure instanceof RemoteException) {
                    evidence.heard(peer, now());
                    end(peer::equals, "is back");
                }
            }
        });
    }

    private void judge(Configuration adopted) {
        int turn = evidence.turn();
        List<NodeId> gone = evidence.gone(adopted, silenceNanos + turn * TURN_NANOS);
        if (gone.isEmpty() || isPaused()) {
            return;
        }
        Newcomer spare = spare(adopted);
        if (spare != null) {
            replace(gone.get(0), spare);
        } else if (turn == 0) {
            gone.forEach(this::sayWithoutSpare);
        }
    }

    /** The one with which it failed least often. */
    private @Nullable Newcomer spare(Configuration adopted) {
        return changes.spares().waiting().stream()
                .filter(spare -> adopted.named(spare.node()).isEmpty())
                .min(Comparator.comparingInt(spare -> failures.getOrDefault(spare.node(), 0)))
                .orElse(null);
    }

    private void replace(NodeId gone, Newcomer spare) {
        NodeId name = spare.node();
        log.info(
                "member {} has been silent for {}: spare {} takes its place", gone, text(evidence.silence(gone)), name);
        replacing = true;
        changes.begin(new ChangeRequest(gone, spare, false), new ChangeListener() {
            @Override
            public void begun(long epoch) {}

            @Override
            public void ended(@Nullable ChangeRefusedException refusal) {
                replacing = false;
                if (refusal == null) {
                    failures.remove(name);
                    log.info("spare {} has taken the place of member {}", name, gone);
                } else {
                    pausedAt = now();
                    failures.keySet().retainAll(waiting());
                    failures.merge(name, 1, Integer::sum);
                    log.info("spare {} has not taken the place of member {}: {}", name, gone, refusal.getMessage());
                }
            }
        });
    }

    private List<NodeId> waiting() {
        return changes.spares().waiting().stream().map(spare -> spare.node()).toList();
    }

    private boolean isPaused() {
        Long since = pausedAt;
        return since != null && now() - since < PAUSE_NANOS;
    }

    private void sayWithoutSpare(NodeId gone) {
        if (said.add(gone)) {
            log.warn(
                    "member {} has been silent for {}, and no spare waits to take its place: start one, which is a replica"
                            + " with an empty directory, or replace or repair {} by hand",
                    gone,
                    text(evidence.silence(gone)),
                    gone);
        }
    }

    private void end(Predicate<NodeId> which, String why) {
        said.removeIf(name -> {
            boolean isOver = which.test(name);
            if (isOver) {
                log.info("member {} {}, and needs no spare any longer", name, why);
            }
            return isOver;
        });
    }

    private static String text(long nanos) {
        return Durations.text(Duration.ofSeconds(TimeUnit.NANOSECONDS.toSeconds(nanos)));
    }

    private long now() {
        return node.world().clock().nanos();
    }
}
