package io.coterie.chaos.cluster;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.OwnWays;
import io.coterie.Status;
import io.coterie.chaos.callers.ChaosHistory;
import io.coterie.chaos.load.LoadLog;
import io.coterie.chaos.network.FaultNetwork;
import io.coterie.replication.ReplicaState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Replicas that are processes with a directory each, and clients in this process. All connections
 * between them lead through a {@link FaultNetwork}. However this process ends, the replicas end
 * too.
 *
 * <p>A replica is started and ended by one thread at a time.
 */
public final class ChaosCluster implements AutoCloseable {
    private static final int PORT = 7400;

    private final List<String> names;
    private final Set<String> replicas = new LinkedHashSet<>();
    private final Path directory;
    private final ReplicaProcess.Settings settings;
    private final ChaosHistory history = new ChaosHistory();
    private final LoadLog load = new LoadLog();
    private final MemberLog members = new MemberLog();
    private final Set<String> unexpected = ConcurrentHashMap.newKeySet();
    private final FaultNetwork network;
    private final Map<String, ReplicaProcess> processes = new ConcurrentHashMap<>();
    private final Map<String, Coterie> clients = new LinkedHashMap<>();
    private final AtomicInteger starts = new AtomicInteger();

    /**
     * Starts the clients, and no replica yet.
     *
     * @param directory empty; replicas' directories and logs are put there
     */
    public ChaosCluster(List<String> replicas, List<String> clients, Path directory, ReplicaProcess.Settings settings)
            throws IOException {
        this(replicas, List.of(), clients, directory, settings);
    }

    /**
     * As {@link #ChaosCluster(List, List, Path, ReplicaProcess.Settings)}.
     *
     * @param spares names that other replicas may be given later
     */
    public ChaosCluster(
            List<String> replicas,
            List<String> spares,
            List<String> clients,
            Path directory,
            ReplicaProcess.Settings settings)
            throws IOException {
        this.names = Stream.concat(replicas.stream(), spares.stream()).toList();
        this.replicas.addAll(replicas);
        this.directory = directory;
        this.settings = settings;
        this.network = new FaultNetwork(names, clients);
        for (String client : clients) {
            Map<String, String> ways = network.addressesFor(client);
            CoterieBuilder builder = OwnWays.on(Coterie.builder(), ways)
                    .cluster(ReplicaMain.CLUSTER)
                    .client(client)
                    .operationTimeout(settings.operationTimeout());
            replicas.forEach(replica -> builder.replica(replica, ways.get(replica)));
            this.clients.put(client, builder.start());
        }
    }

    /** All that may be replicas, now or later. */
    public List<String> names() {
        return names;
    }

    /** Those that are meant to run now, members or not. They are the list that a replica is given. */
    public List<String> replicas() {
        synchronized (replicas) {
            return List.copyOf(replicas);
        }
    }

    /** From now on another replica is meant to run. */
    public void admit(String replica) {
        synchronized (replicas) {
            replicas.add(replica);
        }
    }

    /** From now on a replica is not meant to run any longer. */
    public void dismiss(String replica) {
        synchronized (replicas) {
            replicas.remove(replica);
        }
    }

    /**
     * The address of a replica in configurations. Nobody listens there: each node has a way of its
     * own to it.
     */
    public String address(String replica) {
        return replica + ".chaos:" + PORT;
    }

    public Map<String, Coterie> clients() {
        return clients;
    }

    public FaultNetwork network() {
        return network;
    }

    public ChaosHistory history() {
        return history;
    }

    public LoadLog load() {
        return load;
    }

    public MemberLog members() {
        return members;
    }

    /** What went wrong and is explained by no fault: exceptions out of callers and the like. */
    public Set<String> unexpected() {
        return unexpected;
    }

    public ReplicaProcess process(String replica) {
        return processes.get(replica);
    }

    /** Starts replicas, all at once, and waits until they listen. */
    public void start(Collection<String> names) throws IOException {
        for (String name : names) {
            Map<String, String> addresses = network.addressesFor(name);
            addresses.put(name, address(name));
            Set<String> list = new LinkedHashSet<>(replicas());
            list.add(name);
            processes.put(
                    name,
                    new ReplicaProcess(
                            name,
                            starts.incrementAndGet(),
                            directory(name),
                            list,
                            addresses,
                            settings,
                            line -> takes(name, line)));
        }
        for (String name : names) {
            network.moved(name, process(name).awaitReady());
        }
    }

    /** Waits until all clients know the members, and all members vote. */
    public void awaitVotes(Duration limit) throws InterruptedException {
        for (Coterie client : clients.values()) {
            Await.until(
                    () -> "all members vote, " + members.newest() + ": " + client.status(),
                    limit,
                    () -> vote(client.status()));
        }
    }

    private boolean vote(Status status) {
        Set<String> voting = status.replicas().stream()
                .filter(replica -> replica.state() == ReplicaState.VOTING)
                .map(replica -> replica.id().name())
                .collect(Collectors.toSet());
        return status.replicas().size() == voting.size()
                && voting.equals(members.newest().names());
    }

    /** Kills replicas, all at once. */
    public void kill(Collection<String> names) throws InterruptedException {
        names.forEach(name -> process(name).kill());
        awaitEnd(names);
    }

    /** Ends replicas in order, all at once. */
    public void stop(Collection<String> names) throws InterruptedException {
        names.forEach(name -> process(name).order("stop"));
        awaitEnd(names);
    }

    private void awaitEnd(Collection<String> names) throws InterruptedException {
        for (String name : names) {
            process(name).awaitEnd();
        }
    }

    public Path directory(String replica) {
        return directory.resolve(replica);
    }

    @Override
    public void close() {
        clients.values().forEach(Coterie::close);
        processes.values().forEach(ReplicaProcess::kill);
        network.close();
        try {
            awaitEnd(processes.keySet());
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while replicas end", e);
        }
    }

    private boolean takes(String replica, String line) {
        if (line.startsWith("unexpected ")) {
            unexpected.add(line);
            return true;
        }
        return history.read(line) || load.read(replica, line) || members.read(line);
    }
}
