package io.coterie.rpc;

import io.coterie.rpc.internal.nio.handshake.NodeKey;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings.Proof;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.KeyFiles;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How the nodes of a cluster prove to each other who they are, and keep others from reading and
 * changing what they send. All nodes of a cluster need the same mode. Immutable: methods such as
 * {@link #withSharedSecret} and {@link #allow} return a changed copy.
 *
 * <table>
 *   <caption>What each mode gives</caption>
 *   <tr><th></th><th>the node that dials is proven</th><th>the node that was dialed is proven</th>
 *       <th>secret and unchanged on the way</th></tr>
 *   <tr><td>{@link #none()}</td><td>no</td><td>no</td><td>no</td></tr>
 *   <tr><td>{@link #sharedSecret}</td><td>knows the secret</td><td>knows the secret</td>
 *       <td>no</td></tr>
 *   <tr><td>{@link #tls(SSLContext) tls}</td><td>no</td><td>which host, or which node</td>
 *       <td>yes</td></tr>
 *   <tr><td>{@link #tls(SSLContext) tls} {@link #withSharedSecret withSharedSecret}</td>
 *       <td>knows the secret</td>
 *       <td>which host or node, and knows the secret</td><td>yes</td></tr>
 *   <tr><td>{@link #mutualTls(SSLContext) mutualTls}</td><td>which node</td><td>which node</td>
 *       <td>yes</td></tr>
 * </table>
 *
 * <p><b>Shared secret.</b> Without TLS, a shared secret is proven once, when a connection begins.
 * It does not encrypt, and it does not protect later messages from somebody on the way who changes
 * them. Use it alone only where the network is trusted. A node that knows the secret can use the
 * name of any node, except for nodes that prove their names by keys, as the replicas of a cluster
 * do to one another ({@link RpcNodeBuilder#nodeKey}). Only a certificate distinguishes other nodes
 * from one another.
 *
 * <p>Over TLS, the proof of a shared secret covers the certificate that was shown (as in RFC 5929).
 * So somebody in between with another certificate that is valid for the host cannot pass the proof
 * on. A proxy that ends TLS cannot, either.
 *
 * <p><b>TLS.</b> The version is 1.3 and nothing older. A connection carries no byte of a call
 * before its handshake is complete. Sessions are not resumed: each connect is a full handshake, and
 * checks the certificates anew. The names of a certificate are its subject alternative names of the
 * kinds DNS and URI. The common name of its subject counts only where it has neither. Names are
 * compared exactly: wildcards have no meaning.
 *
 * <p><b>Roles.</b> A node that was let in has a {@link Role} at the node that let it in. It is a
 * <em>replica</em> there if its name is one of the peers of that node, and it has proven what such
 * a peer must prove: its certificate under mutual TLS, and the shared secret where there is one.
 * Where the mode proves nothing, the name alone decides. Any other node is a <em>client</em>; or it
 * is a <em>reader</em>, if it is on the list of {@link #readOnly} or has proven the secret of
 * readers. A node that has proven a {@linkplain #withClientSecret lesser secret} is never a
 * replica, and is refused under a replica's name.
 *
 * <p>A replica is trusted with everything. A client can read and change all records. It cannot make
 * replicas take a start of its own for a start of a replica, forget deletes, or use another policy
 * for a store. A reader can read all records, and changes none. Without TLS, somebody on the way
 * can also do all that the nodes can do whose connections pass there.
 *
 * <table>
 *   <caption>What a stolen secret or certificate is worth</caption>
 *   <tr><th>what somebody has</th><th>which node he can be</th></tr>
 *   <tr><td>nothing, under {@link #none()} or {@link #tls(SSLContext) tls} alone</td>
 *       <td>any node, also a replica, by its name</td></tr>
 *   <tr><td>the shared secret</td>
 *       <td>any client; and a replica by its name, but not at nodes that {@linkplain
 *       RpcNodeBuilder#nodeKey know that replica by its key}</td></tr>
 *   <tr><td>the {@linkplain #withClientSecret secret of clients}</td>
 *       <td>any client at the nodes that listen, but no replica; and a replica to a client that
 *       dials the thief in its place</td></tr>
 *   <tr><td>the {@linkplain #withReaderSecret secret of readers}</td>
 *       <td>the same, with readers</td></tr>
 *   <tr><td>a certificate of a node, under {@link #mutualTls(SSLContext) mutualTls}</td>
 *       <td>that one node, with its role: a replica, a client, or a {@linkplain #readOnly
 *       reader}</td></tr>
 *   <tr><td>a certificate of a host, under {@link #tls(SSLContext) tls}</td>
 *       <td>the node there, to nodes that dial the thief in its place</td></tr>
 *   <tr><td>a certificate and no secret, or a secret and no certificate, where both are
 *       required</td>
 *       <td>none</td></tr>
 * </table>
 *
 * <p><b>Refused connections.</b> The end that refuses logs one warning. The end that dials has the
 * reason in {@link RpcNode#lastFailure}, and dials again until it is accepted.
 */
public final class Security {
    private static final int MIN_SECRET_BYTES = 16;
    private static final Security NONE = new Security(SecuritySettings.NONE);

    private final SecuritySettings settings;

    private Security(SecuritySettings settings) {
        this.settings = settings;
    }

    /**
     * No proof and no encryption: anyone who reaches a node's port can read and change everything.
     * The default.
     */
    public static Security none() {
        return NONE;
    }

    /**
     * TLS where both ends show a certificate. The other end's context must trust it, and it must be
     * the certificate of that node: unless there is an {@linkplain #allow allow-list}, one of its
     * names must equal the node's {@link NodeId}. So no node can use another's name. Host names are
     * not checked: the name of a node counts, wherever it runs.
     *
     * <p>A certificate that limits its use must allow the authentication of servers where the node
     * listens, and of clients where it dials.
     *
     * @param context with a key and its certificate, and the authorities to trust
     */
    public static Security mutualTls(SSLContext context) {
        Objects.requireNonNull(context, "context must not be null");
        return mutualTls(() -> context);
    }

    /**
     * Mutual TLS as with {@link #mutualTls(SSLContext)}, with certificates that can be renewed
     * while the node runs.
     *
     * @param contexts asked once when the node starts, and then for each connection. So a
     *     connection that is opened after a renewal shows the new certificate; open connections
     *     stay as they are. It may read files: it is called off the loop, by several threads at
     *     once. If it throws or returns null, that connection fails, and the next one asks again
     */
    public static Security mutualTls(Supplier<SSLContext> contexts) {
        Objects.requireNonNull(contexts, "contexts must not be null");
        return new Security(new SecuritySettings(Proof.BOTH, contexts, null, Map.of()));
    }

    /**
     * TLS where only the end that was dialed shows a certificate. Its name must match the host that
     * was dialed, as for HTTPS, or the {@linkplain #allow allow-list} if there is one. The node
     * that dials proves nothing: anyone who reaches the port can call under any name, unless there
     * is a {@linkplain #withSharedSecret shared secret} too.
     *
     * @param context with a key and its certificate where the node listens, and the authorities to
     *     trust where it dials
     */
    public static Security tls(SSLContext context) {
        Objects.requireNonNull(context, "context must not be null");
        return tls(() -> context);
    }

    /**
     * TLS as with {@link #tls(SSLContext)}, with certificates that can be renewed while the node
     * runs.
     *
     * @param contexts as for {@link #mutualTls(Supplier)}
     */
    public static Security tls(Supplier<SSLContext> contexts) {
        Objects.requireNonNull(contexts, "contexts must not be null");
        return new Security(new SecuritySettings(Proof.DIALED, contexts, null, Map.of()));
    }

    /**
     * Both ends prove that they know a secret, without sending it. There is no encryption: the
     * class text says what this mode does not give.
     *
     * @param secret 16 bytes or more, from a random source and not a password; copied
     * @throws IllegalArgumentException if it is shorter
     */
    public static Security sharedSecret(byte[] secret) {
        return NONE.withSharedSecret(secret);
    }

    /**
     * A copy where both ends also prove that they know a secret.
     *
     * @param secret as for {@link #sharedSecret}
     * @throws IllegalArgumentException if it is too short
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
     * A copy where nodes that dial this one may prove a secret of clients instead of the shared
     * one. Such a node is a {@linkplain Role#CLIENT client} or less, whatever its name, and is
     * refused under the name of a peer. This is for nodes that listen, such as replicas. A client
     * has that secret alone, as its {@link #sharedSecret}: a thief of it cannot pass for a replica.
     *
     * @param secret as for {@link #sharedSecret}, and different from the others
     * @throws IllegalArgumentException if it is too short, or the same as another secret
     * @throws IllegalStateException without a shared secret, or if there is a secret of clients
     *     already
     */
    public Security withClientSecret(byte[] secret) {
        return withLesserSecret(Role.CLIENT, secret);
    }

    /**
     * A copy with a secret of {@linkplain Role#READER readers}, which change nothing; otherwise as
     * with {@link #withClientSecret}.
     *
     * @param secret as for {@link #sharedSecret}, and different from the others
     * @throws IllegalArgumentException if it is too short, or the same as another secret
     * @throws IllegalStateException without a shared secret, or if there is a secret of readers
     *     already
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
                    name + " takes the place of the shared secret of replicas, but there is none; begin"
                            + " with sharedSecret or withSharedSecret");
        }
        if (settings.lesserSecrets().containsKey(most)) {
            throw new IllegalStateException(
                    "there is " + name.replace("the", "a") + " already; give one, the same to all " + most + "s");
        }
        SharedSecret lesser = new SharedSecret(secret);
        if (own.isSameAs(lesser) || settings.lesserSecrets().values().stream().anyMatch(lesser::isSameAs)) {
            throw new IllegalArgumentException(
                    name + " is the same as another one: draw a different one, or its nodes could not"
                            + " be distinguished from others");
        }
        return new Security(settings.withLesserSecret(most, lesser));
    }

    /**
     * A copy where some nodes are {@linkplain Role#READER readers}: they change nothing at this
     * node. Further calls add further ones. This is for nodes that listen, such as replicas.
     *
     * @param nodes by their names, which mutual TLS proves
     * @throws IllegalStateException without mutual TLS, as a node could use another name
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
     * A copy with an entry in the allow-list. If there is a list, only nodes on it are accepted,
     * each only with a certificate that has one of its names, whether it dials or was dialed. The
     * list replaces the checks against the node's own name and against the host.
     *
     * <p>With {@link #tls(SSLContext) tls}, only a node that does not listen may have a list: the
     * nodes that dial show no certificate.
     *
     * @param node also a node that dials this one, such as a client
     * @param certificateName a DNS or URI alternative name, or the common name of a certificate
     *     that has neither. Further calls add further names
     * @throws IllegalArgumentException if the name is empty
     * @throws IllegalStateException without TLS, where no node shows a certificate
     */
    public Security allow(NodeId node, String certificateName) {
        if (certificateName.isBlank()) {
            throw new IllegalArgumentException("the certificate name for node " + node + " is empty");
        }
        if (settings.contexts() == null) {
            throw new IllegalStateException("allow(" + node + ", " + certificateName
                    + "): without TLS, no node shows a certificate; begin with mutualTls");
        }
        Map<NodeId, Set<String>> allowed = new HashMap<>(settings.allowed());
        Set<String> names = new LinkedHashSet<>(allowed.getOrDefault(node, Set.of()));
        names.add(certificateName);
        allowed.put(node, Set.copyOf(names));
        return new Security(settings.withAllowed(allowed));
    }

    /**
     * A copy with the key by which a node proves its name ({@link RpcNodeBuilder#nodeKey}). A node
     * of that name that is dialed, or a peer of that name that dials, is accepted with that key
     * alone. Without this, a node trusts the key that the other shows when it is dialed for the
     * first time.
     *
     * @param node the node that has the key
     * @param fingerprint as the node logs it at its start: {@code SHA256:} and 43 characters
     * @throws IllegalArgumentException if it is not a fingerprint
     * @throws IllegalStateException without a shared secret; with mutual TLS, where certificates
     *     prove names; or if the node has another fingerprint already
     */
    public Security nodeKey(NodeId node, String fingerprint) {
        if (!NodeKey.isFingerprint(fingerprint)) {
            throw new IllegalArgumentException("nodeKey(" + node + ", " + fingerprint
                    + "): that is not a fingerprint; take it from the log of node " + node
                    + ", as SHA256: and 43 characters");
        }
        if (!needsKeys()) {
            throw new IllegalStateException("nodeKey(" + node + ", " + fingerprint
                    + "): nodes show keys where there is a shared secret and no mutual TLS; leave it out with "
                    + this);
        }
        Map<NodeId, String> keys = new HashMap<>(settings.nodeKeys());
        String before = keys.put(node, fingerprint);
        if (before != null && !before.equals(fingerprint)) {
            throw new IllegalStateException("nodeKey of " + node + " is set twice, to " + before + " and to "
                    + fingerprint + "; set the one in the log of node " + node);
        }
        return new Security(settings.withNodeKeys(keys));
    }

    /** The key by which a node proves its name, or null if the mode has no such keys. Blocks. */
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
        Objects.requireNonNull(secret, () -> name + " must not be null");
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(name + " has " + secret.length + " bytes, but one below "
                    + MIN_SECRET_BYTES + " can be guessed; draw a longer one from a random source");
        }
    }

    /**
     * Checks that the settings fit the peers that a node dials, and whether other nodes can dial
     * it.
     *
     * @param listen where the node takes connections, or null for nowhere
     * @throws IllegalStateException if they do not
     */
    void requireFit(Set<NodeId> peers, @Nullable HostPort listen) {
        requireAllowed(peers, listen);
        for (NodeId peer : peers) {
            if (settings.readers().contains(peer)) {
                throw new IllegalStateException(
                        "security: readOnly names " + peer + ", which is a peer that this node dials, and"
                                + " so a replica to it; remove it from one of the two");
            }
        }
        if (listen == null && !settings.lesserSecrets().isEmpty()) {
            throw new IllegalStateException(
                    "security: a secret of clients or readers is set, but nobody dials a node that does"
                            + " not listen; give a client or reader sharedSecret(itsSecret) alone");
        }
    }

    private void requireAllowed(Set<NodeId> peers, @Nullable HostPort listen) {
        if (settings.allowed().isEmpty()) {
            return;
        }
        if (settings.proof() == Proof.DIALED && listen != null) {
            throw new IllegalStateException("security: allow is set, but the nodes that dial " + listen
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
