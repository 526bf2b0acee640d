package io.coterie.replication.internal.change;

import io.coterie.replication.internal.keepers.NodeConfiguration;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.wire.MemberMethods;
import io.coterie.replication.internal.wire.MemberMethods.Join;
import io.coterie.replication.internal.wire.SpareMethods;
import io.coterie.replication.internal.wire.SpareMethods.Spare;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Has a replica that is no member ask one member after another to make it one, until it is. A
 * member does so by itself only for a replica of a name that it knows: one that has lost its
 * records.
 *
 * <p>A replica that was never a member makes itself known to all members as a spare. One that was
 * removed, or has left, is none: it comes back only if somebody adds it.
 */
public final class Rejoining {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RpcNode node;
    private final NodeConfiguration configuration;
    private final ConfigurationRecords records;
    private final String address;
    private final Consumer<String> waiting;
    private final long attemptNanos;
    private final Repetition questions;
    private boolean spare;
    private int turn;

    /**
     * @param address where this replica listens; empty where the transport needs none
     * @param waiting gets what it waits for, as a human-readable text
     */
    public Rejoining(
            RpcNode node,
            NodeConfiguration configuration,
            ConfigurationRecords records,
            String address,
            long attemptNanos,
            Consumer<String> waiting) {
        this.node = node;
        this.configuration = configuration;
        this.records = records;
        this.address = address;
        this.waiting = waiting;
        this.attemptNanos = attemptNanos;
        this.questions = new Repetition(node.world().scheduler(), PERIOD_NANOS, this::ask);
    }

    public void start() {
        spare = !records.hasVoted();
        configuration.current().onAdoption(adopted -> {
            // A newcomer whose change is taken back is a spare again.
            spare &= Placement.find(adopted.placement().group(), records.self()) == null;
            questions.in(PERIOD_NANOS);
        });
    }

    public void stop() {
        questions.cancel();
    }

    private void ask() {
        Configuration adopted = records.adopted();
        if (adopted == null || adopted.find(records.self()) != null) {
            return;
        }
        questions.in(PERIOD_NANOS);
        List<NodeId> members = adopted.members().stream()
                .map(member -> member.id().node())
                .filter(other -> !other.equals(node.self()))
                .toList();
        if (members.isEmpty()) {
            return;
        }
        turn++;
        NodeId asked = members.get(turn % members.size());
        configuration.askForNewer(asked);
        if (spare && adopted.named(node.self()).isEmpty()) {
            members.forEach(member -> send(member, SpareMethods.SPARE, new Spare(records.self(), address)));
        } else {
            send(asked, MemberMethods.JOIN, new Join(records.self(), address));
        }
    }

    private <Q> void send(NodeId member, RpcMethod<Q, String> method, Q request) {
        node.loop().send(member, method, request, attemptNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, String waitsFor) {
                waiting.accept(peer + " says: " + waitsFor);
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                if (failure instanceof NotPermittedException) {
                    waiting.accept(peer + " does not know it: add it at one of the members");
                }
                // It is asked again, or the next member is.
            }
        });
    }
}
