package io.coterie.simulation;

import io.coterie.rpc.error.OutcomeForgottenException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All calls and executions, recorded outside all processes, so that no crash loses them. */
final class CallLedger {
    private final Simulation simulation;
    private final List<OnceCall> calls = new ArrayList<>();
    private long executions;

    CallLedger(Simulation simulation) {
        this.simulation = simulation;
    }

    /** The virtual time since the start, in nanoseconds. */
    long nanos() {
        return simulation.nanos();
    }

    /** A call is made. Its token is its number here. */
    OnceCall begin(SimStart client, boolean probe, Duration timeout) {
        OnceCall call = new OnceCall(calls.size(), probe, client, simulation.nanos() + timeout.toNanos());
        calls.add(call);
        return call;
    }

    OnceCall call(long token) {
        return calls.get(Math.toIntExact(token));
    }

    /** A handler runs. Returns the number of this execution. */
    long execute(SimStart server, long token) {
        long id = ++executions;
        call(token).executions.add(new OnceCall.Execution(id, server, simulation.nanos()));
        return id;
    }

    long executions() {
        return executions;
    }

    long count(Predicate<OnceCall> which) {
        return calls.stream().filter(which).count();
    }

    long answered() {
        return count(call -> call.isAnswered() && !call.probe);
    }

    /** How many calls were refused because it was not known whether they had run. */
    long forgotten() {
        return count(call -> call.failure() instanceof OutcomeForgottenException);
    }

    /**
     * How many of these were refused because their server, without a restart, evicted an answer.
     */
    long evicted() {
        return count(call -> call.failure() instanceof OutcomeForgottenException forgotten
                && String.valueOf(forgotten.getMessage()).contains("its answer is gone"));
    }

    /**
     * The calls that break a promise, and how. To be asked when no call is in flight any longer.
     *
     * @param slack how long after its deadline a call may end
     */
    List<String> violations(Duration slack) {
        List<String> violations = new ArrayList<>();
        for (OnceCall call : calls) {
            String wrong = wrongWith(call, slack.toNanos());
            if (wrong != null) {
                violations.add(wrong + ": " + call);
            }
        }
        return violations;
    }

    private static @Nullable String wrongWith(OnceCall call, long slackNanos) {
        if (call.executions.size() > 1) {
            return "executed " + call.executions.size() + " times";
        }
        if (!call.hasEnded()) {
            return call.client().isAlive() ? "never ended" : null;
        }
        if (call.lateNanos() > slackNanos) {
            return "ended " + Duration.ofNanos(call.lateNanos()) + " after its deadline";
        }
        Throwable failure = call.failure();
        return failure == null ? wrongWithAnswer(call) : wrongWithFailure(call, failure);
    }

    private static @Nullable String wrongWithAnswer(OnceCall call) {
        if (call.executions.isEmpty()) {
            return "answered and not executed";
        }
        Long answer = call.answer();
        return answer != null && answer == call.executions.get(0).id() ? null : "answered by another execution";
    }

    private static @Nullable String wrongWithFailure(OnceCall call, Throwable failure) {
        if (failure instanceof CancellationException) {
            return null;
        }
        if (!(failure instanceof RpcException known)) {
            return "failed in a way that no call may";
        }
        if (!known.maybeExecuted()) {
            return call.executions.isEmpty() ? null : "executed, though its caller got an exception that denies it";
        }
        return failure instanceof RemoteException thrown ? wrongWithThrown(call, thrown) : null;
    }

    private static @Nullable String wrongWithThrown(OnceCall call, RemoteException thrown) {
        boolean itsOwn = !call.executions.isEmpty()
                && thrown.remoteMessage()
                        .equals(String.valueOf(call.executions.get(0).id()));
        return itsOwn ? null : "failed as another execution did";
    }
}
