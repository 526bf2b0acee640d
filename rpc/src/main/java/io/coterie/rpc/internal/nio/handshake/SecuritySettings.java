package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a node protects its connections.
 *
 * @param proof who shows a certificate
 * @param contexts called for each connection, off the loop; null without TLS
 * @param secret the secret that this end proves, and the other end must prove; or null
 * @param allowed the names of which a node's certificate must have one; empty if there is no list
 * @param lesserSecrets the secrets that a node that dials may prove instead, by the highest role
 *     that each gives
 * @param readers the nodes that are readers in any case
 * @param nodeKeys the fingerprints of the keys by which nodes prove their names; a missing key is
 *     trusted at first use
 */
public record SecuritySettings(
        Proof proof,
        @Nullable Supplier<SSLContext> contexts,
        @Nullable SharedSecret secret,
        Map<NodeId, Set<String>> allowed,
        Map<Role, SharedSecret> lesserSecrets,
        Set<NodeId> readers,
        Map<NodeId, String> nodeKeys) {
    /** Who shows a certificate. */
    public enum Proof {
        /** Nobody: there is no TLS. */
        NONE,
        /** The end that was dialed. */
        DIALED,
        /** Both ends. */
        BOTH
    }

    /** Neither TLS nor a secret. */
    public static final SecuritySettings NONE = new SecuritySettings(Proof.NONE, null, null, Map.of());

    /** Copies what may be changed. */
    public SecuritySettings {
        allowed = Map.copyOf(allowed);
        lesserSecrets = Map.copyOf(lesserSecrets);
        readers = Set.copyOf(readers);
        nodeKeys = Map.copyOf(nodeKeys);
    }

    /** Settings in which only names distinguish clients from replicas. */
    public SecuritySettings(
            Proof proof,
            @Nullable Supplier<SSLContext> contexts,
            @Nullable SharedSecret secret,
            Map<NodeId, Set<String>> allowed) {
        this(proof, contexts, secret, allowed, Map.of(), Set.of(), Map.of());
    }

    /** A copy with that secret. */
    public SecuritySettings withSecret(SharedSecret own) {
        return new SecuritySettings(proof, contexts, own, allowed, lesserSecrets, readers, nodeKeys);
    }

    /** A copy with that list in place of the one before. */
    public SecuritySettings withAllowed(Map<NodeId, Set<String>> list) {
        return new SecuritySettings(proof, contexts, secret, list, lesserSecrets, readers, nodeKeys);
    }

    /** A copy where nodes that know that secret may dial, too. */
    public SecuritySettings withLesserSecret(Role most, SharedSecret lesser) {
        Map<Role, SharedSecret> all = new EnumMap<>(Role.class);
        all.putAll(lesserSecrets);
        all.put(most, lesser);
        return new SecuritySettings(proof, contexts, secret, allowed, all, readers, nodeKeys);
    }

    /** A copy with those readers in place of the ones before. */
    public SecuritySettings withReaders(Set<NodeId> all) {
        return new SecuritySettings(proof, contexts, secret, allowed, lesserSecrets, all, nodeKeys);
    }

    /** A copy with those keys in place of the ones before. */
    public SecuritySettings withNodeKeys(Map<NodeId, String> all) {
        return new SecuritySettings(proof, contexts, secret, allowed, lesserSecrets, readers, all);
    }

    /** Whether the node that dials proves that it belongs to the cluster. */
    public boolean provesDialing() {
        return proof == Proof.BOTH || secret != null;
    }
}
