package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.shares.BatchHandler;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.shares.SharedHandler;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.BatchMethod;
import io.coterie.replication.internal.wire.CopyMethod;
import io.coterie.replication.internal.wire.DigestMethod;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.PolicyMethod;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ScanMethod;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.internal.wire.WatchMethod;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import java.util.function.ToIntFunction;

/**
 * Serves the methods of a replica to other nodes: each behind the gate, and those that only read
 * within the share of their caller.
 */
final class ServedMethods {
    private final RpcNode node;
    private final Replica replica;
    private final LoopShares shares;
    private final PartitionGate gate;
    private final PartitionGate gateOfValues;

    ServedMethods(RpcNode node, Replica replica) {
        this.node = node;
        this.replica = replica;
        this.shares = replica.shares();
        this.gate = replica.gate();
        this.gateOfValues = replica.gate().ofValues();
    }

    void serve(LocalReplica local) {
        Registers registers = replica.registers();
        node.serveInline(
                ReplicaMethods.REPORT,
                (caller, request, answer) -> answer.reply(new ReplicaMethods.Report(
                        local.report(), node.world().clock().wallMillis())));
        node.serveInline(RegisterMethod.METHOD, replica::register);
        node.serveInline(PolicyMethod.METHOD, replica.stores()::answerPolicy);
        node.serveInline(ReplicaMethods.OPEN, ConfigurationGate.around(gateOfValues, replica.stores()::open));
        serveReads(
                gate,
                ReadMethod.BATCH,
                registers::read,
                request -> request.key().length());
        serveReads(
                gate,
                ReplicaMethods.PREPARES,
                registers::prepare,
                request -> request.key().length());
        serveReads(gateOfValues, ReplicaMethods.FETCHES, replica::fetch, RecordKey::length);
        serveChanges(gate, ReplicaMethods.ACCEPTS, registers::accept);
        serveChanges(gate, ReplicaMethods.REMOVES, registers::remove);
        serveChanges(gateOfValues, ReplicaMethods.MERGES, replica::merge);
        serveRead(ScanMethod.METHOD, local.scans(), request -> request.bytes());
        serveRead(WatchMethod.METHOD, local.watches(), request -> request.prefix().length);
        Copies copies = local.copies();
        serveValuesRead(DigestMethod.METHOD, copies::answer, question -> question.nodes().length * Integer.BYTES);
        serveValuesRead(CopyMethod.METHOD, copies::answer, question -> CopyMethod.VERSION_BYTES * question.versions());
        Transfers transfers = local.transfers();
        transfers.gate(gate);
        node.serveInline(
                ListMethod.METHOD, new SharedHandler<>(shares, transfers::list, request -> RecordKey.MAX_BYTES));
        node.serveInline(TransferMethod.METHOD, transfers::take);
    }

    private <Q, A> void serveChanges(PartitionGate checks, BatchMethod<Q, A> method, InlineHandler<Q, A> handler) {
        node.serveInline(method.one(), ConfigurationGate.around(checks, handler));
        node.serveInline(
                method.many(),
                ConfigurationGate.aroundEach(checks, handler, each -> new BatchHandler<>(each, shares, true)));
    }

    /**
     * Serves a method that only reads, and whose answer may be much larger than its request.
     *
     * @param bytes about how many a request has
     */
    private <Q, A> void serveReads(
            PartitionGate checks, BatchMethod<Q, A> method, InlineHandler<Q, A> handler, ToIntFunction<Q> bytes) {
        serveRead(checks, method.one(), handler, bytes);
        node.serveInline(
                method.many(),
                ConfigurationGate.aroundEach(checks, handler, each -> new BatchHandler<>(each, shares, false)));
    }

    private <Q, A> void serveRead(
            RpcMethod<Addressed<Q>, A> method, InlineHandler<Q, A> handler, ToIntFunction<Q> bytes) {
        serveRead(gate, method, handler, bytes);
    }

    /** The method itself refuses what lost records cannot answer. */
    private <Q, A> void serveValuesRead(
            RpcMethod<Addressed<Q>, A> method, InlineHandler<Q, A> handler, ToIntFunction<Q> bytes) {
        serveRead(gateOfValues, method, handler, bytes);
    }

    private <Q, A> void serveRead(
            PartitionGate checks,
            RpcMethod<Addressed<Q>, A> method,
            InlineHandler<Q, A> handler,
            ToIntFunction<Q> bytes) {
        node.serveInline(
                method,
                new SharedHandler<>(
                        shares,
                        ConfigurationGate.around(checks, handler),
                        addressed -> bytes.applyAsInt(addressed.request())));
    }
}
