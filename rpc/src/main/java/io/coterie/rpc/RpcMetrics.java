package io.coterie.rpc;

/**
 * What a node has counted since its start, and what there is now. A snapshot, taken without a lock:
 * its numbers are of about the same moment.
 *
 * @param calls calls begun with {@link RpcNode#call}, each once however often it was tried, and one
 *     for each peer that {@link RpcNode#callAny} asked
 * @param answered calls that ended with an answer
 * @param failed calls that ended with an exception
 * @param cancelled calls that their caller cancelled while they were in flight
 * @param retries attempts after the first
 * @param retriesDenied retries that the budget did not allow
 * @param overloadedHere attempts refused on this side, because too many calls to the peer were
 *     in flight, or too many bytes waited to be written to it
 * @param requests requests received, including those that were refused
 * @param refused requests refused as overload
 * @param expired requests dropped because their caller no longer waited when their turn came
 * @param repeated copies of requests answered without a second execution
 * @param handlerFailures requests whose handler threw, or returned an answer that its codec cannot
 *     write
 * @param answersDropped answers that were not sent, because too many bytes waited to be written to
 *     the caller, or it was no longer connected
 * @param callsInFlight calls that have begun and not ended, including those that wait for their
 *     next attempt
 * @param requestsRunning requests that the executor has now
 * @param requestsWaiting requests that wait for the executor now
 * @param cachedReplies answers kept now for calls that must not be executed twice
 * @param replyCacheBytes the memory that these answers take, in bytes
 * @param peersConnected peers that are connected now, as the transport reports it
 */
public record RpcMetrics(
        long calls,
        long answered,
        long failed,
        long cancelled,
        long retries,
        long retriesDenied,
        long overloadedHere,
        long requests,
        long refused,
        long expired,
        long repeated,
        long handlerFailures,
        long answersDropped,
        long callsInFlight,
        long requestsRunning,
        long requestsWaiting,
        long cachedReplies,
        long replyCacheBytes,
        int peersConnected) {}
