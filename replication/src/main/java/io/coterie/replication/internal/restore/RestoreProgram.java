package io.coterie.replication.internal.restore;

import io.coterie.replication.internal.restore.Restoration.Found;
import io.coterie.replication.internal.restore.Restoration.Founder;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program {@code io.coterie.Backup}. */
public final class RestoreProgram {
    /** What an operator has to write who gives up what is missing. */
    private static final String ACCEPT = "--i-accept-that-writes-may-be-lost";

    private static final String USAGE = """
            usage: Backup describe SNAPSHOT
                   Backup describe-directories DIRECTORY...
                   Backup restore SNAPSHOT NEW_DIRECTORY NAME ADDRESS
                   Backup recover [--i-accept-that-writes-may-be-lost] NEW_DIRECTORY NAME ADDRESS DIRECTORY...
              SNAPSHOT       a file that coterie.snapshot has written
              DIRECTORY      the directory of a stopped replica; it is only read
              NEW_DIRECTORY  the directory of the one member that the new cluster begins with; missing, or empty
              NAME, ADDRESS  its name, and where the others are to reach it, such as a 10.0.0.1:7400""";

    private static final int DONE = 0;
    private static final int IN_DOUBT = 1;
    private static final int FAILED = 2;

    private final PrintStream out;
    private final Restoration restoration;

    /** @param out gets what is found and done */
    public RestoreProgram(PrintStream out, Restoration restoration) {
        this.out = out;
        this.restoration = restoration;
    }

    /**
     * Runs the program once.
     *
     * @return 0 if it was done, 1 if acknowledged writes may be missing and that was not accepted, 2
     *     if it was refused or failed; {@code out} got the reason, and what to do
     */
    public int run(String... arguments) {
        List<String> rest = new ArrayList<>(List.of(arguments));
        String command = rest.isEmpty() ? "" : rest.remove(0);
        try {
            if (command.equals("describe") && rest.size() == 1) {
                restoration.describe(Path.of(rest.get(0))).forEach(out::println);
                return DONE;
            } else if (command.equals("describe-directories") && !rest.isEmpty()) {
                return print(restoration.describe(paths(rest)));
            } else if (command.equals("restore") && rest.size() == 4) {
                Path snapshot = Path.of(rest.remove(0));
                restoration.restore(snapshot, founder(rest)).forEach(out::println);
                return DONE;
            } else if (command.equals("recover") && rest.size() >= 4) {
                return recover(rest);
            }
            out.println(USAGE);
        } catch (StorageException | IllegalArgumentException e) {
            out.println(e.getMessage());
        }
        return FAILED;
    }

    private int recover(List<String> rest) {
        boolean accepted = rest.remove(ACCEPT);
        Founder founder = founder(rest);
        Found found = restoration.recover(paths(rest.subList(3, rest.size())), founder, accepted);
        int result = print(found);
        if (result == IN_DOUBT && accepted) {
            out.println("You have accepted that. The new cluster is founded.");
            return DONE;
        }
        if (result == IN_DOUBT) {
            out.println("NOTHING WAS WRITTEN. Look for the directories of the other members first. If they are gone for"
                    + " good, repeat the command with " + ACCEPT);
        }
        return result;
    }

    private int print(Found found) {
        found.lines().forEach(out::println);
        if (found.doubts().isEmpty()) {
            out.println("No acknowledged write of a strong store is missing.");
            return DONE;
        }
        out.println("WRITES MAY BE LOST:");
        found.doubts().forEach(each -> out.println("- " + each + "."));
        return IN_DOUBT;
    }

    private static Founder founder(List<String> arguments) {
        return new Founder(
                Path.of(arguments.get(0)),
                NodeId.of(arguments.get(1)),
                HostPort.parse(arguments.get(2)).toString());
    }

    private static List<Path> paths(List<String> arguments) {
        return arguments.stream().map(Path::of).toList();
    }
}
