/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.docs.DocumentedMeters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dashboard of the chart. */
class DashboardTest {
    /** The width of a dashboard in Grafana. */
    private static final int COLUMNS = 24;

    private static final JsonNode DASHBOARD = Chart.tree(Chart.FOLDER.resolve("files/dashboard.json"));

    @Test
    void everyPanelHasTitleDescriptionAndQueries() {
        assertThat(panels()).hasSizeBetween(6, 24).allSatisfy(panel -> {
            assertThat(panel.path("title").asText()).isNotBlank();
            assertThat(panel.path("description").asText()).endsWith(".");
            assertThat(panel.path("targets")).isNotEmpty();
        });
        assertThat(panels()).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
    }

    @Test
    void everyQueryNamesOnlyDocumentedMeters() {
        assertThat(panels())
                .flatExtracting(panel -> panel.path("targets").findValuesAsText("expr"))
                .isNotEmpty()
                .allSatisfy(expression ->
                        assertThat(DocumentedMeters.undocumented(expression)).isEmpty());
        assertThat(DASHBOARD.at("/templating/list").findValues("query"))
                .filteredOn(JsonNode::isObject)
                .extracting(variable -> variable.path("query").asText())
                .isNotEmpty()
                .allSatisfy(query -> assertThat(
                                DocumentedMeters.undocumented(query.replaceAll("label_values\\((.*), \\w+\\)", "$1")))
                        .isEmpty());
    }

    @Test
    void showsEveryDocumentedMeterOfTheOperator() {
        var expressions = String.join(" ", DASHBOARD.findValuesAsText("expr"));

        assertThat(DocumentedMeters.all())
                .filteredOn(meter -> meter.startsWith("evs_"))
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(expressions)
                        .contains(meter.replaceAll("_seconds_(count|sum|max|bucket)$", "_seconds_")));
    }

    @Test
    void readsFromChosenDataSource() {
        assertThat(DASHBOARD.findValues("datasource"))
                .isNotEmpty()
                .allSatisfy(source -> assertThat(source.path("uid").asText()).isEqualTo("${datasource}"));
    }

    @Test
    void panelsDoNotOverlap() {
        var cells = new HashSet<List<Integer>>();

        assertThat(panels()).flatExtracting(DashboardTest::cells).allSatisfy(cell -> {
            assertThat(cell.get(0)).isLessThan(COLUMNS);
            assertThat(cells.add(cell)).as("free: " + cell).isTrue();
        });
    }

    private static List<List<Integer>> cells(JsonNode panel) {
        var position = panel.path("gridPos");
        var cells = new ArrayList<List<Integer>>();
        for (var x = 0; x < position.path("w").asInt(); x++) {
            for (var y = 0; y < position.path("h").asInt(); y++) {
                cells.add(List.of(
                        position.path("x").asInt() + x, position.path("y").asInt() + y));
            }
        }
        return cells;
    }

    private static List<JsonNode> panels() {
        var panels = new ArrayList<JsonNode>();
        DASHBOARD.path("panels").forEach(panels::add);
        return panels;
    }
}
