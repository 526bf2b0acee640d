package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds the project to its glossary: the words in code font of the column "not" are in no comment,
 * string, name in code or page. Code spans of pages are left out, because they quote code.
 */
class GlossaryTest {
    private static final String GLOSSARY = "src/site/markdown/glossary.md";

    private static final Pattern CODE_SPAN = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern LAST_CELL = Pattern.compile("(?m)(?<=\\|)[^|\\n]*+(?=\\|$)");

    /** What is read as text in a source; and characters, so that the quote of one begins no string. */
    private static final Pattern TEXT = Pattern.compile(
            "/\\*(?<block>.*?)\\*/"
                    + "|(?<lines>//[^\\n]*+(?:\\n[ \\t]*+//[^\\n]*+)*+)"
                    + "|\"\"\"(?<multi>.*?)\"\"\""
                    + "|\"(?<string>[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+)\""
                    + "|'(?:\\\\u[0-9a-fA-F]{4}|\\\\.|[^'\\\\\\n])'",
            Pattern.DOTALL);

    private static final Pattern COMMENT_MARGIN = Pattern.compile("\\n[ \\t]*(?:\\*|//)");
    private static final Pattern TAG_WITH_NAME =
            Pattern.compile("\\{@code\\s[^}]*\\}|\\{@\\w+\\s+[^\\s}]+|@(?:param|see|throws)\\s+\\S+");

    private static final Pattern NAME = Pattern.compile("[A-Za-z]\\w*+");
    /** Where one word of a name ends and the next begins. */
    private static final Pattern JOINT = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_");
    /** A name of the JDK, and an option of the reply cache, which has no leases. */
    private static final Set<String> ALLOWED_NAMES = Set.of("GatheringByteChannel", "replyCacheTtl");

    private static final Pattern SPACE = Pattern.compile("\\s+");

    /** A word that stands where it must not. */
    private record Hit(String word, int at) {}

    @Test
    void noTextHasAWordThatTheGlossaryRulesOut() throws IOException {
        Path project = project();
        Pattern words = words(Files.readString(project.resolve(GLOSSARY)));
        List<String> hits = new ArrayList<>();
        for (Path file : textsOf(project)) {
            String text = Files.readString(file);
            for (Hit hit : hits(words, file.toString(), text)) {
                long line = 1
                        + text.substring(0, hit.at)
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                hits.add(project.relativize(file) + ":" + line + ": " + hit.word);
            }
        }
        assertTrue(hits.isEmpty(), () -> "use the words of " + GLOSSARY + " instead:\n" + String.join("\n", hits));
    }

    @Test
    void wordsInCodeFontOfTheLastColumnAreTaken() {
        Pattern words = words("| fix | `cure` | `patch`, heal, `glue up` |\n`plaster`\n");

        assertEquals(
                List.of("patched", "Patch", "glue up"),
                found(words, "x.md", "patched Patch glue\nup heal cure plaster"));
        assertEquals(List.of(), found(words, "x.md", "dispatch non-patch `patch` glue-up"));
        assertEquals(List.of("patch"), found(words, GLOSSARY, "| fix | to patch | `patch` |\n"));
    }

    @Test
    void textOfSourcesIsRead() {
        Pattern words = words("| a | b | `patch`, `glue up`, `LOTS_` |\n");

        assertEquals(
                List.of("patch"), foundInSource(words, "/** A {@link Patch patch}. {@code patch} @param patch x */"));
        assertEquals(List.of("glue up"), foundInSource(words, "/* It must glue\n * up. */"));
        assertEquals(List.of("glue up"), foundInSource(words, "// It must glue\n// up."));
        assertEquals(
                List.of("patch", "patch"),
                foundInSource(words, "'\"' + \"a \\\" patch\" + \"\"\"\n  patch\n\"\"\" + pa"));
        assertEquals(List.of(), foundInSource(words, "dispatch(\"http://patchy\"); // glueup"));
        assertEquals(List.of("LOTS_"), foundInSource(words, "int LOTS_OF_KEYS = PLOTS_OF_ALL;"));
    }

    @Test
    void namesInCodeAreReadWordByWord() {
        Pattern words = words("| a | b | `patch`, `glue up`, `byte` |\n");

        assertEquals(List.of("Glue Up"), foundInSource(words, "\n    void allGlueUp() {"));
        assertEquals(List.of("GLUE UP"), foundInSource(words, "int MAX_GLUE_UP = 1;"));
        assertEquals(List.of("Patched", "patch"), foundInSource(words, "IOPatched patch2 = new Dispatch(patch);"));
        assertEquals(List.of("Byte"), foundInSource(words, "Byte[] all = GatheringByteChannel.all();"));
        assertEquals(List.of(), foundInSource(words, "Glue up = unpatched(glueup);"));
    }

    private static List<String> foundInSource(Pattern words, String text) {
        return found(words, "module/src/main/java/A.java", text);
    }

    private static List<String> found(Pattern words, String file, String text) {
        return hits(words, file, text).stream().map(Hit::word).toList();
    }

    /** Finds the words that a glossary rules out, with the usual endings. */
    private static Pattern words(String glossary) {
        Set<String> words = new TreeSet<>();
        for (Matcher cell = LAST_CELL.matcher(glossary); cell.find(); ) {
            CODE_SPAN.matcher(cell.group()).results().forEach(word -> words.add(word.group(1)));
        }
        String any = words.stream().map(GlossaryTest::pattern).collect(Collectors.joining("|"));
        return Pattern.compile("(?<![\\w-])(?:" + any + ")");
    }

    /** A word that ends in an underscore is the beginning of names in code. */
    private static String pattern(String word) {
        return word.endsWith("_")
                ? Pattern.quote(word)
                : "(?i:" + word.replace(" ", "\\s+") + "(?:s|es|d|ed|ing)?(?![\\w-]))";
    }

    private static List<Hit> hits(Pattern words, String file, String text) {
        List<Hit> hits = new ArrayList<>();
        if (file.endsWith(".md")) {
            String prose = file.endsWith(GLOSSARY) ? LAST_CELL.matcher(text).replaceAll(GlossaryTest::blank) : text;
            add(hits, words, CODE_SPAN.matcher(prose).replaceAll(GlossaryTest::blank), 0);
            return hits;
        }
        for (Matcher code = words.matcher(text); code.find(); ) {
            if (code.group().endsWith("_")) {
                hits.add(new Hit(code.group(), code.start()));
            }
        }
        for (Matcher part = TEXT.matcher(text); part.find(); ) {
            for (String kind : List.of("block", "lines", "multi", "string")) {
                if (part.group(kind) != null) {
                    String comment = COMMENT_MARGIN.matcher(part.group(kind)).replaceAll(GlossaryTest::blank);
                    add(hits, words, TAG_WITH_NAME.matcher(comment).replaceAll(GlossaryTest::blank), part.start(kind));
                }
            }
        }
        String code = TEXT.matcher(text).replaceAll(GlossaryTest::blank);
        for (Matcher name = NAME.matcher(code); name.find(); ) {
            if (!ALLOWED_NAMES.contains(name.group())) {
                add(hits, words, JOINT.matcher(name.group()).replaceAll(" "), name.start());
            }
        }
        return hits;
    }

    private static void add(List<Hit> hits, Pattern words, String text, int offset) {
        for (Matcher word = words.matcher(text); word.find(); ) {
            if (!word.group().endsWith("_")) {
                hits.add(new Hit(SPACE.matcher(word.group()).replaceAll(" "), offset + word.start()));
            }
        }
    }

    /** As many blanks, so that what follows keeps its place. */
    private static String blank(MatchResult found) {
        return found.group().replaceAll("[^\\n]", " ");
    }

    /** All sources and pages of the project. */
    private static List<Path> textsOf(Path project) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(project, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                boolean skipped = name.equals("target") || name.startsWith(".");
                return skipped && !directory.equals(project) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java") || file.toString().endsWith(".md")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(Comparator.naturalOrder());
        assertTrue(files.size() > 500, () -> "only " + files.size() + " sources and pages in " + project);
        return files;
    }

    /** The folder of the whole project, wherever below it this runs. */
    private static Path project() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve(GLOSSARY))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
