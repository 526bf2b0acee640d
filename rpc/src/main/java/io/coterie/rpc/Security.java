package io.coterie.rpc;

import io.coterie.rpc.internal.nio.handshake.NodeKey;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings.Proof;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How the nodes of a cluster prove to each other who they are, and keep others from reading and changing what they send.
 * Immutable: methods such as {@link #withSharedSecret} and {@link #allow} return another one. All nodes of a cluster need the same mode.
 *
 * <table>
 *   <caption>What each mode gives</caption>
 *   <tr><th></th><th>who dials is proven</th><th>who was dialed is proven</th><th>secret and unchanged on the way</th></tr>
 *   <tr><td>{@link #none()}</td><td>no</td><td>no</td><td>no</td></tr>
 *   <tr><td>{@link #sharedSecret}</td><td>knows the secret</td><td>knows the secret</td><td>no</td></tr>
 *   <tr><td>{@link #tls(SSLContext) tls}</td><td>no</td><td>which host, or which node</td><td>yes</td></tr>
 *   <tr><td>{@link #tls(SSLContext) tls} {@link #withSharedSecret withSharedSecret}</td><td>knows the secret</td><td>which host or node, and
 *       knows the secret</td><td>yes</td></tr>
 *   <tr><td>{@link #mutualTls(SSLContext) mutualTls}</td><td>which node</td><td>which node</td><td>yes</td></tr>
 * </table>
 *
 * <p>Over TLS the proof of a shared secret covers the certificate that was shown (as in RFC 5929): somebody in between with another
 * certificate that is valid for the host cannot pass it on. Nor can a proxy that ends TLS.
 *
 * <p>A shared secret without TLS is proven once, when a connection begins. It does not encrypt, and it does not protect what
 * comes later from somebody who sits in between and changes it: use it alone only where the network is trusted. Who knows the
 * secret can be any node, but for those that prove their names by keys, as the replicas of a cluster do to one another ({@link
 * RpcNodeBuilder#nodeKey}); any other node is told from another by a certificate alone.
 *
 * <p>TLS here is version 1.3 and nothing older. A connection carries no byte of a call before its handshake is complete, and
 * every connect is a full handshake in which the certificates are checked anew: sessions are not resumed. The names of a
 * certificate are its subject alternative names of the kinds DNS and URI; only where it has neither does the common name of its
 * subject count. They are compared exactly: wildcards mean nothing here.
 *
 * <p>Once a node is let in, it has a {@link Role} at the node that let it in. It is a <em>replica</em> there if its name is one of the peers
 * that this one was given, and it has proven what such a peer must prove: its certificate under mutual TLS, the shared secret where there
 * is one. Where the mode proves nothing, the name alone decides. Any other node is a <em>client</em>, or a <em>reader</em> if it is on
 * the list of {@link #readOnly} or has proven the secret of readers. A node that has proven a {@linkplain #withClientSecret lesser secret}
 * is never a replica, and is refused under a replica's name.
 *
 * <table>
 *   <caption>Who can do what, and what each stolen secret or certificate is worth</caption>
 *   <tr><th>who has</th><th>can be</th></tr>
 *   <tr><td>nothing, under {@link #none()} or {@link #tls(SSLContext) tls} alone</td><td>any node, a replica as well, by its name</td></tr>
 *   <tr><td>the shared secret</td><td>any client; and a replica by its name, but no longer at nodes that {@linkplain
 *       RpcNodeBuilder#nodeKey know that one by its key}</td></tr>
 *   <tr><td>the {@linkplain #withClientSecret secret of clients}</td><td>any client, but no replica, at the nodes that listen; and a
 *       replica to a client that dials the thief in its place</td></tr>
 *   <tr><td>the {@linkplain #withReaderSecret secret of readers}</td><td>the same with readers</td></tr>
 *   <tr><td>a certificate of a node, under {@link #mutualTls(SSLContext) mutualTls}</td><td>that one node, with the role that it has: a
 *       replica, a client, or a {@linkplain #readOnly reader}</td></tr>
 *   <tr><td>a certificate of a host, under {@link #tls(SSLContext) tls}</td><td>the node there, to those who dial the thief in its
 *       place</td></tr>
 *   <tr><td>a certificate and no secret, or a secret and no certificate, where both are asked for</td><td>nobody</td></tr>
 * </table>
 *
 * <p>A replica is trusted with everything. A client can read and change all records, but not have replicas take a start of its own for a
 * replica's, forget deletes, or take another policy for a store. A reader can read all records, and changes none. Without TLS, who sits
 * on the way can besides do all that the nodes can whose connections pass there.
 *
 * <p>What a refused connection looks like: the end that refuses logs one warning, the end that dials has the reason in
 * {@link RpcNode#lastFailure}, and dials again until it is taken.
 */
public final class Security {
    private static final int MIN_SECRET_BYTES = 16;
    private static final Security NONE = new Security(SecuritySettings.NONE);

    private final SecuritySettings settings;

    private Security(SecuritySettings settings) {
        this.settings = settings;
    }

    /** No proof and no encryption: whoever reaches a node's port can read and change everything. The default. */
    public static Security none() {
        return NONE;
    }

    /**
     * TLS where both ends show a certificate. Each must be trusted by the other's context, and be the certificate of the very
     * node: unless there is an {@linkplain #allow allow-list}, one of its names must equal the node's {@link NodeId}, so that
     * no node can speak under another's name. Host names are not looked at: a node is what its name says, wherever it runs.
     * A certificate that limits what it may be used for must allow the authentication of servers where the node listens, and
     * of clients where it dials.
     *
     * @param context with a key and its certificate, and the authorities to trust
     */
    public static Security mutualTls(SSLContext context) {
        return mutualTls(() -> context);
    }

    /**
     * As {@link #mutualTls(SSLContext)}, with certificates that can be renewed while the node runs.
     *
     * @param contexts asked once when the node starts and then anew for each connection, so that one opened after a renewal
     *     shows the new certificate; open connections stay as they are. It may read files: it is called off the loop, by
     *     several threads at once. If it throws or returns null, that connection fails and the next one asks again.
     */
    public static Security mutualTls(Supplier<SSLContext> contexts) {
        return new Security(new SecuritySettings(Proof.BOTH, contexts, null, Map.of()));
    }

    /**
     * TLS where only the end that was dialed shows a certificate: its name must match the host that was dialed as for HTTPS,
     * or the {@linkplain #allow allow-list} if there is one. Who dials is not proven: whoever reaches the port can call under
     * any name, unless there is a {@linkplain #withSharedSecret shared secret} too.
     *
     * @param context with a key and its certificate where the node listens, and the authorities to trust where it dials
     */
    public static Security tls(SSLContext context) {
        return tls(() -> context);
    }

    /** As {@link #tls(SSLContext)}, with certificates that can be renewed as for {@link #mutualTls(Supplier)}. */
    public static Security tls(Supplier<SSLContext> contexts) {
        return new Security(new SecuritySettings(Proof.DIALED, contexts, null, Map.of()));
    }

    /**
     * Both ends prove that they know a secret, without sending it. No encryption: see above for what this does not give.
     *
     * @param secret 16 bytes or more, from a random source and not a password; copied
     */
    public static Security sharedSecret(byte[] secret) {
        return NONE.withSharedSecret(secret);
    }

    /**
     * The same, and both ends prove besides that they know a secret.
     *
     * @param secret as for {@link #sharedSecret}
     * @throws IllegalStateException if there is a secret already
     */
    public Security withSharedSecret(byte[] secret) {
        requireLong("the shared secret", secret);
        if (settings.secret() != null) {
            throw new IllegalStateException("there is a shared secret already; give one, the same at all nodes");
        }
        return new Security(settings.withSecret(new SharedSecret(secret)));
    }

    /**
     * The same, and nodes that dial this one may prove a secret of clients instead of the shared one: they are {@linkplain Role#CLIENT
     * clients}, or less, whatever their names, and refused under the name of a peer. For nodes that listen, such as replicas. A client
     * has that secret alone, as its {@link #sharedSecret}: if it is stolen, no replica can be played.
     *
     * @param secret as for {@link #sharedSecret}, and none of the others
     * @throws IllegalStateException without a shared secret, or if there is one of clients already
     */
    public Security withClientSecret(byte[] secret) {
        return withLesserSecret(Role.CLIENT, secret);
    }

    /**
     * As {@link #withClientSecret}, for {@linkplain Role#READER readers}, which change nothing.
     *
     * @param secret as for {@link #sharedSecret}, and none of the others
     * @throws IllegalStateException without a shared secret, or if there is one of readers already
     */
    public Security withReaderSecret(byte[] secret) {
        return withLesserSecret(Role.READER, secret);
    }

    private Security withLesserSecret(Role most, byte[] secret) {
        String name = "the secret of " + most + "s";
        requireLong(name, secret);
        SharedSecret own = settings.secret();
        if (own == null) {
            throw new IllegalStateException(
                    name + " takes the place of the shared secret of replicas, and there is none; begin"
                            + " with sharedSecret or withSharedSecret");
        }
        if (settings.lesserSecrets().containsKey(most)) {
            throw new IllegalStateException(
                    "there is " + name.replace("the", "a") + " already; give one, the same to all " + most + "s");
        }
        SharedSecret lesser = new SharedSecret(secret);
        if (own.isSameAs(lesser) || settings.lesserSecrets().values().stream().anyMatch(lesser::isSameAs)) {
            throw new IllegalArgumentException(
                    name + " is the same as another one: draw one of its own, or its nodes could not"
                            + " be told from others");
        }
        return new Security(settings.withLesserSecret(most, lesser));
    }

    /**
     * The same, and those nodes are {@linkplain Role#READER readers} here: they change nothing. Further calls add further ones. For nodes
     * that listen, such as replicas.
     *
     * @throws IllegalStateException without mutual TLS, where a node could use another name
     */
    public Security readOnly(NodeId... nodes) {
        if (settings.proof() != Proof.BOTH) {
            throw new IllegalStateException(
                    "readOnly(" + List.of(nodes) + "): only mutual TLS proves names, and without it a node"
                            + " could use another one; begin with mutualTls, or use withReaderSecret");
        }
        Set<NodeId> readers = new LinkedHashSet<>(settings.readers());
        readers.addAll(List.of(nodes));
        return new Security(settings.withReaders(readers));
    }

    /**
     * The same, with an entry in the allow-list. Once there is one, only nodes on the list are taken, each only with a
     * certificate that carries one of its names, whether it dials or was dialed. The list takes the place of the checks
     * against the node's own name and against the host.
     *
     * <p>With {@link #tls(SSLContext) tls} only a node that does not listen may have a list: those who dial show no certificate.
     *
     * @param node also a node that dials this one, such as a client
     * @param certificateName a DNS or URI alternative name, or the common name of a certificate that has neither; further calls
     *     add further names
     * @throws IllegalStateException without TLS, where nobody shows a certificate
     */
    public Security allow(NodeId node, String certificateName) {
        if (certificateName.isBlank()) {
            throw new IllegalArgumentException("the certificate name for node " + node + " is empty");
        }
        if (settings.contexts() == null) {
            throw new IllegalStateException("allow(" + node + ", " + certificateName
                    + "): without TLS nobody shows a certificate; begin with mutualTls");
        }
        Map<NodeId, Set<String>> allowed = new HashMap<>(settings.allowed());
        Set<String> names = new LinkedHashSet<>(allowed.getOrDefault(node, Set.of()));
        names.add(certificateName);
        allowed.put(node, Set.copyOf(names));
        return new Security(settings.withAllowed(allowed));
    }

    /**
     * The same, with the key by which a node proves its name ({@link RpcNodeBuilder#nodeKey}). A node of that name that is dialed, or a
     * peer of that name that dials, is taken with that key alone. Without this, the key is trusted that it shows when it is dialed at
     * first.
     *
     * @param fingerprint as the node's log has it at its start: {@code SHA256:} and 43 characters
     * @throws IllegalStateException without a shared secret, or with mutual TLS, where certificates prove names
     */
    public Security nodeKey(NodeId node, String fingerprint) {
        if (!NodeKey.isFingerprint(fingerprint)) {
            throw new IllegalArgumentException(
                    "nodeKey(" + node + ", " + fingerprint + "): that is no fingerprint; take it from the log of node "
                            + node + ", as SHA256: and 43 characters");
        }
        if (!needsKeys()) {
            throw new IllegalStateException("nodeKey(" + node + ", " + fingerprint
                    + "): nodes show keys where there is a shared secret and no mutual TLS; leave it out with "
                    + this);
        }
        Map<NodeId, String> keys = new HashMap<>(settings.nodeKeys());
        keys.put(node, fingerprint);
        return new Security(settings.withNodeKeys(keys));
    }

    /** The key by which a node proves its name, or null where something else proves it, or nothing does. Blocks. */
    @Nullable
    NodeKey openKey(NodeId self, @Nullable KeyFiles files) {
        if (!needsKeys()) {
            return null;
        }
        NodeKey key = NodeKey.open(self, files);
        String configured = settings.nodeKeys().get(self);
        if (configured != null && !configured.equals(key.fingerprint())) {
            throw new IllegalStateException("security: nodeKey(" + self + ", " + configured
                    + ") is set, and this node has the key " + key.fingerprint()
                    + ": correct it at all nodes, or give this node its own directory back");
        }
        return key;
    }

    private boolean needsKeys() {
        return settings.secret() != null && settings.proof() != Proof.BOTH;
    }

    SecuritySettings settings() {
        return settings;
    }

    private static void requireLong(String name, byte[] secret) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(name + " has " + secret.length + " bytes, and one below "
                    + MIN_SECRET_BYTES + " can be guessed; draw it from a random source");
        }
    }

    /**
     * Sees that what is said of other nodes goes with those that a node is to dial, and with whether any can dial it.
     *
     * @param listen where the node takes connections, or null for nowhere
     * @throws IllegalStateException if not
     */
    void requireFit(Set<NodeId> peers, @Nullable HostPort listen) {
        requireAllowed(peers, listen);
        for (NodeId peer : peers) {
            if (settings.readers().contains(peer)) {
                throw new IllegalStateException(
                        "security: readOnly names " + peer + ", which is a peer that this node dials, and"
                                + " so a replica to it; take it from the one or the other");
            }
        }
        if (listen == null && !settings.lesserSecrets().isEmpty()) {
            throw new IllegalStateException(
                    "security: a secret of clients or readers is set, and nobody dials a node that does"
                            + " not listen; give a client or reader sharedSecret(itsSecret) alone");
        }
    }

    private void requireAllowed(Set<NodeId> peers, @Nullable HostPort listen) {
        if (settings.allowed().isEmpty()) {
            return;
        }
        if (settings.proof() == Proof.DIALED && listen != null) {
            throw new IllegalStateException("security: allow is set, and those who dial " + listen
                    + " show no certificate with tls; use mutualTls, or leave allow or listen out");
        }
        for (NodeId peer : peers) {
            if (!settings.allowed().containsKey(peer)) {
                throw new IllegalStateException("security: peer " + peer + " is not on the allow-list "
                        + settings.allowed() + "; add it by allow, or leave the peer out");
            }
        }
    }

    /** The mode and the allow-list; never a secret or a key. */
    @Override
    public String toString() {
        @Nullable
        String tls = switch (settings.proof()) {
            case NONE -> null;
            case DIALED -> "TLS";
            case BOTH -> "mutual TLS";
        };
        String text = settings.secret() == null
                ? (tls == null ? "none" : tls)
                : (tls == null ? "shared secret" : tls + " and shared secret");
        text += settings.lesserSecrets().containsKey(Role.CLIENT) ? ", another for clients" : "";
        text += settings.lesserSecrets().containsKey(Role.READER) ? ", another for readers" : "";
        text += settings.readers().isEmpty() ? "" : ", read-only " + new TreeSet<>(settings.readers());
        return settings.allowed().isEmpty() ? text : text + ", allowing " + settings.allowed();
    }
}
