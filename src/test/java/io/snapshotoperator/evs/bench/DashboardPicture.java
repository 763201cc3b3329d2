/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import io.snapshotoperator.evs.bench.DashboardPanels.Line;
import io.snapshotoperator.evs.bench.DashboardPanels.Panel;
import java.util.List;
import java.util.Locale;

/**
 * Draws the panels of the dashboard as one SVG. The library of {@link Plots} writes each character as an outline, which is more
 * than 100 KB for each panel.
 */
final class DashboardPicture {
    private static final int PANELS_PER_ROW = 3;
    private static final int WIDTH = 400;
    private static final int HEIGHT = 220;
    private static final int LEFT = 46;
    private static final int RIGHT = 14;
    private static final int TOP = 34;
    private static final int X_LABELS = 18;
    private static final int LEGEND_ROW = 15;

    /** About the width of a character of the legend. */
    private static final double CHARACTER = 6.3;

    private static final int LEGEND_MARK = 22;
    private static final int Y_TICKS = 4;
    private static final List<String> COLORS = List.of(
            "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22",
            "#17becf");

    private final double seconds;
    private final double longestStep;
    private final StringBuilder svg = new StringBuilder();

    /**
     * @param seconds the range of time of all panels
     * @param step between two values of a line; a longer time without a value is a gap
     */
    private DashboardPicture(double seconds, double step) {
        this.seconds = seconds;
        this.longestStep = 1.5 * step;
    }

    static String draw(DashboardPanels dashboard, double seconds, double step) {
        return new DashboardPicture(seconds, step).draw(dashboard.panels());
    }

    private String draw(List<Panel> panels) {
        var rows = (panels.size() + PANELS_PER_ROW - 1) / PANELS_PER_ROW;
        add("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d"\
                 font-family="sans-serif" font-size="11" fill="#333">
                <rect width="100%%" height="100%%" fill="#f4f5f5"/>
                """, PANELS_PER_ROW * WIDTH, rows * HEIGHT);
        for (var index = 0; index < panels.size(); index++) {
            add("<g transform='translate(%d,%d)'>", index % PANELS_PER_ROW * WIDTH, index / PANELS_PER_ROW * HEIGHT);
            draw(panels.get(index));
            add("</g>%n");
        }
        return svg.append("</svg>").append(System.lineSeparator()).toString();
    }

    private void draw(Panel panel) {
        add("<rect x='4' y='4' width='%d' height='%d' rx='3' fill='#fff' stroke='#ddd'/>", WIDTH - 8, HEIGHT - 8);
        var unit = panel.unit().isEmpty() ? "" : " <tspan font-weight='normal'>(" + escaped(panel.unit()) + ")</tspan>";
        add("<text x='14' y='22' font-size='13' font-weight='bold'>%s%s</text>", escaped(panel.title()), unit);
        var lines =
                panel.lines().stream().filter(line -> !line.values().isEmpty()).toList();
        var bottom = HEIGHT - 14 - LEGEND_ROW * legendRows(lines);
        drawLegend(lines, bottom + 12);
        var plotBottom = bottom - X_LABELS;
        var top = niceMaximum(lines);
        drawGrid(top, plotBottom);
        for (var index = 0; index < lines.size(); index++) {
            add(
                    "<path d='%s' fill='none' stroke='%s' stroke-width='1.5' stroke-linecap='round'/>",
                    path(lines.get(index), top, plotBottom), color(index));
        }
    }

    private void drawGrid(double top, int bottom) {
        for (var tick = 0; tick <= Y_TICKS; tick++) {
            var value = top * tick / Y_TICKS;
            var y = y(value, top, bottom);
            add("<path d='M%d %.1fH%d' stroke='#e5e5e5'/>", LEFT, y, WIDTH - RIGHT);
            add("<text x='%d' y='%.1f' text-anchor='end'>%s</text>", LEFT - 5, y + 4, label(value));
        }
        for (var minute = 0; minute * 60 <= seconds; minute++) {
            add(
                    "<text x='%.1f' y='%d' text-anchor='middle'>%s</text>",
                    x(minute * 60), bottom + 14, minute == 0 ? "0" : minute + " min");
        }
    }

    private void drawLegend(List<Line> lines, int firstRow) {
        var x = LEFT * 1.0;
        var y = firstRow;
        for (var index = 0; index < lines.size(); index++) {
            var name = lines.get(index).name();
            if (x > LEFT && x + width(name) > WIDTH - RIGHT) {
                x = LEFT;
                y += LEGEND_ROW;
            }
            add("<path d='M%.1f %dh12' stroke='%s' stroke-width='3'/>", x, y - 4, color(index));
            add("<text x='%.1f' y='%d'>%s</text>", x + 16, y, escaped(name));
            x += width(name) + 8;
        }
    }

    private static int legendRows(List<Line> lines) {
        var rows = 1;
        var x = LEFT * 1.0;
        for (var line : lines) {
            if (x > LEFT && x + width(line.name()) > WIDTH - RIGHT) {
                x = LEFT;
                rows++;
            }
            x += width(line.name()) + 8;
        }
        return rows;
    }

    private static double width(String name) {
        return LEGEND_MARK + CHARACTER * name.length();
    }

    /** Leaves out points between equal values, and gaps. */
    private String path(Line line, double top, int bottom) {
        var path = new StringBuilder();
        var values = line.values();
        var times = line.times();
        for (var index = 0; index < values.size(); index++) {
            var starts = index == 0 || times.get(index) - times.get(index - 1) > longestStep;
            var ends = index == values.size() - 1 || times.get(index + 1) - times.get(index) > longestStep;
            if (!starts
                    && !ends
                    && values.get(index).equals(values.get(index - 1))
                    && values.get(index).equals(values.get(index + 1))) {
                continue;
            }
            path.append(String.format(
                    Locale.ROOT,
                    "%s%.1f %.1f%s",
                    starts ? "M" : "L",
                    x(times.get(index)),
                    y(values.get(index), top, bottom),
                    starts && ends ? "h.1" : ""));
        }
        return path.toString();
    }

    private double x(double second) {
        return LEFT + second / seconds * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double top, int bottom) {
        return bottom - value / top * (bottom - TOP);
    }

    /** Returns the least of 1, 2, 4 and 8 times a power of ten that is not below any value, and 1 if all values are 0. */
    private static double niceMaximum(List<Line> lines) {
        var highest = lines.stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        if (highest <= 0) {
            return 1;
        }
        var power = Math.pow(10, Math.floor(Math.log10(highest)));
        return List.of(1, 2, 4, 8, 10).stream()
                .mapToDouble(factor -> factor * power)
                .filter(candidate -> candidate >= highest)
                .min()
                .orElseThrow();
    }

    private static String label(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3g", value).replaceAll("0+$", "");
    }

    private static String color(int index) {
        return COLORS.get(index % COLORS.size());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments));
    }
}
