/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/** Collects the lines that one class or package logs, of all levels. */
public final class LogCapture extends ExtHandler {
    /** One line with its key-values. */
    public record Line(String level, String message, Map<String, String> values, ExtLogRecord record) {
        @Override
        public String toString() {
            return level + " " + message + " " + values;
        }
    }

    private final Logger logger;
    private final Level levelBefore;
    private final List<Line> lines = new CopyOnWriteArrayList<>();

    private LogCapture(Logger logger) {
        this.logger = logger;
        this.levelBefore = logger.getLevel();
    }

    public static LogCapture of(Class<?> type) {
        return of(type.getName());
    }

    /** @param category the name of a class, or of a package with everything below it */
    public static LogCapture of(String category) {
        var logger = Logger.getLogger(category);
        var capture = new LogCapture(logger);
        logger.setLevel(Level.ALL);
        logger.addHandler(capture);
        return capture;
    }

    @Override
    protected void doPublish(ExtLogRecord line) {
        line.copyAll();
        lines.add(new Line(line.getLevel().getName(), line.getMessage(), Map.copyOf(line.getMdcCopy()), line));
    }

    /** Logs only lines of this level and above. */
    public void setLevelOfLogger(Level level) {
        logger.setLevel(level);
    }

    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** Returns the lines of INFO and above. */
    public List<Line> visibleLines() {
        return lines.stream()
                .filter(line -> line.record().getLevel().intValue() >= Level.INFO.intValue())
                .toList();
    }

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(levelBefore);
    }
}
