package io.coterie.rpc;

/**
 * What a node has counted since its start, and what there is now. A snapshot: its numbers are of about the same moment, not of the very same.
 *
 * @param calls calls begun with {@link RpcNode#call}, each once however often it was tried, and one for each peer that
 *     {@link RpcNode#callAny} asked
 * @param answered calls that ended with an answer
 * @param failed calls that ended with an exception
 * @param cancelled calls whose caller gave them up while they were under way
 * @param retries attempts after the first
 * @param retriesDenied retries that the budget did not allow
 * @param overloadedHere attempts turned away on this side, because too many calls to the peer were under way, or too many bytes
 *     waited to be written to it
 * @param requests requests taken, those refused included
 * @param refused requests turned away as overload
 * @param expired requests dropped because their caller had given up before they were to be executed
 * @param repeated copies of requests answered without a second execution
 * @param handlerFailures requests whose handler threw, or gave an answer that its codec cannot write
 * @param answersDropped answers that were not sent, because too many bytes waited to be written to the caller, or it was not
 *     connected any more
 * @param callsInFlight calls begun that have not ended, those that wait for their next attempt included
 * @param requestsRunning requests that are with the executor now
 * @param requestsWaiting requests that wait for the executor now
 * @param cachedReplies answers kept now for calls that must not be executed twice
 * @param replyCacheBytes what these take, in bytes
 * @param peersConnected peers that the transport says are connected now
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
