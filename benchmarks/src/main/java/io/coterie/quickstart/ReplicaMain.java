package io.coterie.quickstart;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.replication.storage.Storage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A replica as a process. It prints its name once it listens, answers each order with a line, and
 * runs as long as its standard input is open.
 */
final class ReplicaMain {
    private ReplicaMain() {}

    /**
     * Runs a replica.
     *
     * @param args its name, its directory, and the name and address of each replica
     */
    public static void main(String[] args) throws IOException {
        CoterieBuilder builder =
                Coterie.builder().cluster(Cluster.NAME).self(args[0]).storage(Storage.directory(Path.of(args[1])));
        for (int i = 2; i < args.length; i += 2) {
            builder.replica(args[i], args[i + 1]);
        }
        try (Coterie replica = builder.start()) {
            System.out.println(replica.self());
            Orders orders = new Orders(replica);
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            // The pipe's other end is closed even by the death of the process that holds it.
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                orders.obey(line);
            }
        }
    }
}
