/**
 * What a node does with messages: calls under way, served methods, deadlines and retries. Everything here runs on the
 * node's loop unless it says otherwise, and knows nothing of sockets and threads.
 */
package io.coterie.rpc.internal;
