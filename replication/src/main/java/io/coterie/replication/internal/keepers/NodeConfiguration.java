package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.replica.LocalReplica;
import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part in the configuration: what it has adopted, its keeper if it is a replica, and the
 * founding of a cluster that has no configuration yet.
 */
public final class NodeConfiguration {
    private static final Logger log = LoggerFactory.getLogger(NodeConfiguration.class);

    /** How long to propose what another proposer has left. */
    private static final long PROPOSAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RpcNode node;
    private final @Nullable LocalReplica local;
    private final CurrentConfiguration current;
    private final ConfigurationExchange exchange;
    private final @Nullable KeeperCalls calls;
    private final @Nullable Founding founding;
    private final @Nullable LeftProposal left;
    private final @Nullable MemberSearch search;
    private final List<NodeId> given;
    private final MemberPeers peers;
    private final RetryPolicy retry;
    private boolean listCompared;
    private final long attemptNanos;
    private final Repetition looks;
    private boolean over;

    /**
     * @param local null if this node is no replica
     * @param replicas the replicas that this node was given
     * @param addresses where they listen, as far as it is known
     * @param joining where to look for members; if that is anywhere, this node founds no cluster
     */
    public NodeConfiguration(
            RpcNode node,
            @Nullable LocalReplica local,
            List<NodeId> replicas,
            Map<NodeId, String> addresses,
            List<HostPort> joining,
            RetryPolicy retry,
            long attemptNanos) {
        this.node = node;
        this.local = local;
        this.given = replicas;
        this.peers = new MemberPeers(node, replicas, addresses);
        this.retry = retry;
        this.attemptNanos = attemptNanos;
        this.looks = new Repetition(node.world().scheduler(), attemptNanos, this::look);
        ConfigurationRecords records = local == null ? null : local.replica().configurations();
        this.current = new CurrentConfiguration(records);
        this.exchange = new ConfigurationExchange(node, current, retry, attemptNanos);
        this.search = joining.isEmpty() ? null : new MemberSearch(node, joining, current, exchange, this::searches);
        if (records == null) {
            this.founding = null;
            this.calls = null;
            this.left = null;
            return;
        }
        Keeper keeper = new Keeper(records, node.world().clock());
        node.serveInline(KeeperMethods.PREPARE, keeper::prepare);
        node.serveInline(KeeperMethods.ACCEPT, keeper::accept);
        exchange.serve(records);
        long cluster = node.world().random().nextLong() | 1;
        this.calls = new KeeperCalls(node, keeper, attemptNanos);
        this.founding = search != null
                ? null
                : new Founding(
                        calls,
                        current,
                        exchange,
                        new Genesis(replicas, addresses, records.replicas(), cluster),
                        retry,
                        this::waits);
        this.left = new LeftProposal(records, node.world().scheduler(), this::proposeAgain);
    }

    /** What this node has adopted. */
    public CurrentConfiguration current() {
        return current;
    }

    /** Begins to look for a configuration if this node is a replica and has none. */
    public void start() {
        current.onAdoption(peers::adopted);
        current.onAdoption(this::adopted);
        exchange.begin(given);
        LocalReplica mine = local;
        Founding first = founding;
        if (mine == null) {
            looks.guard(this::look);
        } else {
            mine.onNewerConfiguration(this::seek);
        }
        if (mine != null) {
            adoptWhatIsChosen(mine.replica().configurations());
        }
        if (left != null) {
            left.start();
        }
        if (mine != null && first != null && current.now() == null) {
            mine.replica().whenIdentityIsDurable(first::start);
            node.addPeerListener(first);
        }
        if (search != null) {
            search.start();
        }
    }

    /** A node that is no replica asks until it has a configuration; the cluster may be founded later. */
    private void look() {
        if (current.now() == null && !over) {
            seek();
            looks.in(attemptNanos);
        }
    }

    /**
     * What a keeper has accepted that is the only one is chosen. It may have ended before it adopted
     * that, and nobody else could make it known to it: a newcomer is no replica here until then.
     */
    private void adoptWhatIsChosen(ConfigurationRecords records) {
        Configuration adopted = records.adopted();
        Configuration accepted = records.keeper().configuration();
        if (adopted != null && accepted != null && adopted.keepers().equals(List.of(records.self()))) {
            current.adopt(accepted);
            exchange.spread();
        }
    }

    /**
     * What this node meets while it looks for the first member, as a human-readable text; null if
     * it knows the members, or does not look for them. May be called by any thread.
     */
    public @Nullable String searchProblem() {
        return search == null ? null : search.problem();
    }

    private void searches() {
        LocalReplica mine = local;
        String problem = searchProblem();
        if (mine != null && problem != null) {
            mine.waitsToJoin(problem);
        }
    }

    /** Asks a replica for a newer configuration. */
    public void askForNewer(NodeId replica) {
        exchange.pull(replica);
    }

    /**
     * A replica has reported which configuration it knows: a newer one than this node's is asked
     * for.
     */
    public void heard(NodeId replica, long epoch) {
        if (epoch > current.epoch()) {
            exchange.pull(replica);
        }
    }

    /**
     * Where this node dials a replica, or listens itself, as host and port; null where only a
     * plugged transport knows.
     */
    public @Nullable String address(NodeId replica) {
        return peers.address(replica);
    }

    /** Asks all members for a newer configuration, because somebody knows one. */
    public void seek() {
        exchange.pullAll();
    }

    /**
     * Has the keepers choose the configuration after the adopted one. Only at a replica.
     *
     * @param deadline a reading of the clock
     * @param then is called once, on the loop: with null if that configuration is chosen and
     *     adopted, or with why not
     */
    public void propose(Configuration next, long deadline, Consumer<@Nullable String> then) {
        Configuration base = current.now();
        KeeperCalls asked = calls;
        if (base == null || asked == null) {
            then.accept("this node is no replica of a cluster that is founded");
            return;
        }
        new Succession(asked, current, exchange, retry, base, next, deadline, then).start();
    }

    private void proposeAgain(Configuration accepted) {
        propose(accepted, node.world().clock().nanos() + PROPOSAL_NANOS, problem -> {
            if (problem == null) {
                log.info(
                        "{}: the configuration of epoch {} is chosen, which its proposer had left",
                        node.self(),
                        accepted.epoch());
            }
        });
    }

    public void stop() {
        over = true;
        looks.cancel();
        if (left != null) {
            left.stop();
        }
        exchange.stop();
        if (founding != null) {
            founding.stop();
        }
        if (search != null) {
            search.stop();
        }
    }

    private void adopted(Configuration adopted) {
        sayOfList(adopted);
        LocalReplica mine = local;
        if (mine == null) {
            return;
        }
        log.info(
                "replica {} has adopted the configuration of epoch {}: {}",
                node.self(),
                adopted.epoch(),
                adopted.members());
        ConfigurationRecords records = mine.replica().configurations();
        if (adopted.find(records.self()) != null) {
            records.whenDurable(() -> {
                // Others may have removed it meanwhile.
                if (adopted.equals(current.now())) {
                    mine.configured(adopted);
                }
            });
            return;
        }
        List<Member> named = adopted.named(node.self());
        mine.forgotten(named.isEmpty() ? null : named.get(0).id().incarnation());
    }

    /** Once: who changes the members must know that the lists in code no longer count. */
    private void sayOfList(Configuration adopted) {
        Set<NodeId> members = adopted.members().stream()
                .map(member -> member.id().node())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!listCompared && search == null && !members.equals(Set.copyOf(given))) {
            log.info(
                    "node {} was given the replicas {}, and the members of the cluster are {}, of epoch {}: they count,"
                            + " and the list serves to find them",
                    node.self(),
                    given,
                    members,
                    adopted.epoch());
        }
        listCompared = true;
    }

    private void waits(Map<NodeId, String> said) {
        LocalReplica mine = local;
        if (mine != null) {
            mine.waitsForFounding(said.entrySet().stream()
                    .filter(entry -> !entry.getValue().equals("promised"))
                    .map(entry -> entry.getKey() + ": " + entry.getValue())
                    .collect(Collectors.joining("; ")));
        }
    }
}
