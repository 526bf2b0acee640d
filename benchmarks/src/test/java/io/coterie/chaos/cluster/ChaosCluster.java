package io.coterie.chaos.cluster;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.chaos.callers.ChaosHistory;
import io.coterie.chaos.load.LoadLog;
import io.coterie.chaos.network.FaultNetwork;
import io.coterie.replication.ReplicaState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Replicas that are processes with a directory each, and clients in this process. All connections
 * between them lead through a {@link FaultNetwork}. However this process ends, the replicas end
 * too.
 *
 * <p>One thread at a time starts and ends replicas.
 */
public final class ChaosCluster implements AutoCloseable {
    private final List<String> replicas;
    private final Path directory;
    private final ReplicaProcess.Settings settings;
    private final ChaosHistory history = new ChaosHistory();
    private final LoadLog load = new LoadLog();
    private final Set<String> unexpected = ConcurrentHashMap.newKeySet();
    private final FaultNetwork network;
    private final Map<String, ReplicaProcess> processes = new LinkedHashMap<>();
    private final Map<String, Coterie> clients = new LinkedHashMap<>();
    private int starts;

    /**
     * Starts the clients, and no replica yet.
     *
     * @param directory empty; replicas' directories and logs are put there
     */
    public ChaosCluster(List<String> replicas, List<String> clients, Path directory, ReplicaProcess.Settings settings)
            throws IOException {
        this.replicas = replicas;
        this.directory = directory;
        this.settings = settings;
        this.network = new FaultNetwork(replicas, clients);
        for (String client : clients) {
            CoterieBuilder builder = Coterie.builder()
                    .cluster(ReplicaMain.CLUSTER)
                    .client(client)
                    .operationTimeout(settings.operationTimeout());
            network.addressesFor(client).forEach(builder::replica);
            this.clients.put(client, builder.start());
        }
    }

    public List<String> replicas() {
        return replicas;
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
            Map<String, String> addresses = new LinkedHashMap<>();
            Map<String, String> others = network.addressesFor(name);
            replicas.forEach(replica -> addresses.put(replica, others.getOrDefault(replica, "")));
            starts++;
            processes.put(
                    name,
                    new ReplicaProcess(name, starts, directory(name), addresses, settings, line -> takes(name, line)));
        }
        for (String name : names) {
            network.moved(name, process(name).awaitReady());
        }
    }

    /** Waits until all replicas vote. */
    public void awaitVotes(Duration limit) throws InterruptedException {
        Coterie anyone = clients.values().iterator().next();
        Await.until(
                () -> "all replicas vote: " + anyone.status(),
                limit,
                () -> anyone.status().replicas().stream().allMatch(replica -> replica.state() == ReplicaState.VOTING));
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
        return history.read(line) || load.read(replica, line);
    }
}
