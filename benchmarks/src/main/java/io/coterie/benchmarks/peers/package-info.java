/**
 * Other libraries at the same work: calls over plain Netty and over gRPC, and the replicated map of
 * JGroups Raft. Each is set up as its own documents advise, for the same bytes on the same machine.
 *
 * <p><b>Structure.</b> {@link NettyClient} and {@link NettyServer} share a {@link NettyPipeline}.
 * {@link GrpcClient} and {@link GrpcServer} share the method in {@link GrpcEcho}, which sends bytes
 * without Protocol Buffers. {@link RaftNode} is a member of a Raft group of three, with the stack
 * in {@code jgroups-raft.xml}.
 *
 * <p><b>Words.</b> A <i>frame</i> of plain Netty has a length, the number of its call and content.
 * A <i>member</i> is a node of a Raft group.
 *
 * <p><b>Threads.</b> As each library has them. Answers come on the event loops of Netty and gRPC,
 * and servers answer there. Netty and gRPC share threads among all their users, which end a second
 * after their last use.
 *
 * <p><b>Who may call.</b> The rooms {@code rpc} and {@code store}, which choose systems by name.
 */
@NullMarked
package io.coterie.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
