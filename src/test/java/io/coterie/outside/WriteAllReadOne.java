package io.coterie.outside;

import io.coterie.consistency.Completion;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.StoreContext;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.ReplicationLoop;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A user's own policy: a write is acknowledged when all replicas have it, so that a read may ask
 * any one of them.
 */
final class WriteAllReadOne implements ConsistencyPolicy {
    @Override
    public String name() {
        return "write-all-read-one";
    }

    @Override
    public int replicasToOpen(int replicas) {
        return replicas;
    }

    @Override
    public int readQuorum(int replicas) {
        return 1;
    }

    @Override
    public int writeQuorum(int replicas) {
        return replicas;
    }

    @Override
    public boolean needsVotes() {
        return false;
    }

    @Override
    public String promise(int replicas) {
        return "write all, read one: writes need all " + replicas + " replicas, reads any one";
    }

    @Override
    public PolicyStore open(StoreContext context) {
        return new AllStore(context);
    }

    private static final class AllStore implements PolicyStore {
        private final StoreContext context;
        private final ReplicationLoop loop;
        private final Set<Pending<?>> pending = new LinkedHashSet<>();

        AllStore(StoreContext context) {
            this.context = context;
            this.loop = context.loop();
        }

        @Override
        public void execute(byte[] key, Operation operation, long deadline, Completion completion) {
            RecordKey record = new RecordKey(context.store().id(), key);
            if (operation instanceof Operation.Get) {
                new Pending<VersionedValue>(completion, deadline, false, 1, answer -> new Result(true, answer.value()))
                        .begin(all -> loop.fetch(record, deadline, all));
            } else if (operation instanceof Operation.Put put) {
                VersionedValue value = new VersionedValue(loop.hlcClock().next(), put.value());
                int all = context.replicas().size();
                new Pending<HlcTimestamp>(completion, deadline, true, all, answer -> Result.APPLIED)
                        .begin(collector -> loop.merge(record, value, deadline, collector));
            } else {
                throw new UnsupportedOperationException(operation + " is not for this policy");
            }
        }

        @Override
        public void close() {
            new ArrayList<>(pending)
                    .forEach(each -> each.fail(new NodeClosedException("the node was closed", each.isWrite)));
        }

        private final class Pending<A> implements ResponseCollector<A> {
            private final Completion completion;
            private final boolean isWrite;
            private final int needed;
            private final Function<A, Result> result;
            private final Scheduler.Timer timer;
            private @Nullable QuorumCall call;
            private int answers;

            Pending(Completion completion, long deadline, boolean isWrite, int needed, Function<A, Result> result) {
                this.completion = completion;
                this.isWrite = isWrite;
                this.needed = needed;
                this.result = result;
                long left = deadline - context.world().clock().nanos();
                this.timer = context.world().scheduler().schedule(left, this::expire);
                pending.add(this);
            }

            void begin(Function<ResponseCollector<A>, QuorumCall> request) {
                call = request.apply(this);
            }

            @Override
            public boolean onAnswer(NodeId replica, A answer) {
                answers++;
                if (answers == needed) {
                    end(to -> to.complete(result.apply(answer)));
                }
                return answers >= needed;
            }

            void fail(RuntimeException reason) {
                end(to -> to.fail(reason));
            }

            private void expire() {
                QuorumCall asked = call;
                if (asked != null) {
                    asked.cancel();
                    fail(
                            isWrite
                                    ? new OutcomeUnknownException("not all have it", asked.said())
                                    : new QuorumUnavailableException("nobody answered", asked.said()));
                }
            }

            private void end(Consumer<Completion> how) {
                if (pending.remove(this)) {
                    timer.cancel();
                    how.accept(completion);
                }
            }
        }
    }
}
