package io.coterie.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Code that a page shows, beside the code of a test that runs it. */
public final class ShownCode {
    private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern RUN = Pattern.compile("// example begins\\R(.*?)// example ends", Pattern.DOTALL);
    private static final Pattern IMPORT = Pattern.compile("import ([\\w.]+);.*\\R");
    private static final Pattern TYPE_NAME = Pattern.compile("\\b[A-Z]\\w*");
    private static final Pattern TEXT_OR_COMMENT = Pattern.compile("\"[^\"]*\"|//.*");

    private ShownCode() {}

    /** The blocks of Java on a page, in their order. */
    public static List<String> blocks(Path page) throws IOException {
        return all(BLOCK, page);
    }

    /** What a test runs between its two marks, in one line. */
    public static String run(Path test) throws IOException {
        List<String> marked = all(RUN, test);
        assertTrue(marked.size() == 1, () -> marked.size() + " examples in " + test.toAbsolutePath());
        return oneLine(marked.get(0));
    }

    /** The code without its imports, in one line. */
    public static String statements(String code) {
        return oneLine(IMPORT.matcher(code).replaceAll(""));
    }

    /** The simple names of the imported types, all of which must exist. */
    public static Set<String> imported(String code) throws ClassNotFoundException {
        Set<String> names = new TreeSet<>();
        for (Matcher line = IMPORT.matcher(code); line.find(); ) {
            names.add(Class.forName(line.group(1)).getSimpleName());
        }
        return names;
    }

    /** The simple names of all types that the code names after its imports. */
    public static Set<String> named(String code) {
        String statements =
                TEXT_OR_COMMENT.matcher(IMPORT.matcher(code).replaceAll("")).replaceAll("");
        Set<String> names = new TreeSet<>();
        for (Matcher name = TYPE_NAME.matcher(statements); name.find(); ) {
            names.add(name.group());
        }
        return names;
    }

    private static List<String> all(Pattern code, Path file) throws IOException {
        List<String> found = new ArrayList<>();
        for (Matcher match = code.matcher(Files.readString(file)); match.find(); ) {
            found.add(match.group(1));
        }
        assertTrue(!found.isEmpty(), () -> "no " + code + " in " + file.toAbsolutePath());
        return found;
    }

    private static String oneLine(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
