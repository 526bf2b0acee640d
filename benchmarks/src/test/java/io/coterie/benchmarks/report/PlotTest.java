package io.coterie.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PlotTest {
    @Test
    void pointsStandWhereTheirLabelsSay() throws Exception {
        Plot plot = new Plot("east", "north");
        plot.add(0, 0);
        plot.add(35, 0.5);

        Element svg = parse(plot.svg());
        List<Element> circles = all(svg, "circle");
        List<Element> labels = all(svg, "text");

        assertEquals(
                List.of("0", "5", "10", "15", "20", "25", "30", "35", "0", "0.05", "0.1"),
                labels.stream().map(Element::getTextContent).limit(11).toList());
        assertEquals("350.0", circles.get(0).getAttribute("cy"));
        assertEquals(labels.get(0).getAttribute("x"), circles.get(0).getAttribute("cx"));
        assertEquals(labels.get(7).getAttribute("x"), circles.get(1).getAttribute("cx"));
    }

    @Test
    void linesShareTheAxesAndAreNamedInTheirColors() throws Exception {
        Plot plot = new Plot("east", "north");
        plot.line("low").add(1, 1);
        plot.line("high").add(10, 4);

        Element svg = parse(plot.svg());
        List<Element> lines = all(svg, "polyline");
        List<Element> circles = all(svg, "circle");
        List<Element> names = all(svg, "text").stream()
                .filter(text -> List.of("low", "high").contains(text.getTextContent()))
                .toList();

        assertEquals(2, lines.size());
        assertEquals("116.0", circles.get(0).getAttribute("cx"));
        assertEquals("620.0", circles.get(1).getAttribute("cx"));
        for (int i = 0; i < 2; i++) {
            assertEquals(lines.get(i).getAttribute("stroke"), names.get(i).getAttribute("fill"));
            assertEquals(lines.get(i).getAttribute("stroke"), circles.get(i).getAttribute("fill"));
        }
        assertNotEquals(names.get(0).getAttribute("fill"), names.get(1).getAttribute("fill"));
    }

    @Test
    void anEmptyPlotHasAxes() throws Exception {
        assertEquals(0, all(parse(new Plot("east", "north").svg()), "circle").size());
    }

    private static Element parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement();
    }

    private static List<Element> all(Element parent, String tag) {
        NodeList found = parent.getElementsByTagName(tag);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }
}
