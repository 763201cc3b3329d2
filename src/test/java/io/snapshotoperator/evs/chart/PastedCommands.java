/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs printed commands as a user does who pastes them: a shell reads them from its input. A program in place of kubectl
 * records how it is called and what it reads.
 *
 * @param calls the command lines of kubectl, in order
 * @param input what the first call read from its input
 */
record PastedCommands(List<String> calls, String input) {
    private static final int TIMEOUT_SECONDS = 30;

    /** Throws {@link IllegalStateException} if the shell rejects the commands, warns about them, or waits for more. */
    static PastedCommands run(String commands, Path folder) throws IOException, InterruptedException {
        var kubectl = Files.writeString(folder.resolve("kubectl"), """
                #!/bin/sh
                echo "kubectl $*" >> "%1$s/calls"
                case "$*" in *"-f -"*) cat > "%1$s/input" ;; esac
                """.formatted(folder));
        if (!kubectl.toFile().setExecutable(true)) {
            throw new IllegalStateException("cannot make " + kubectl + " executable");
        }
        var script = Files.writeString(folder.resolve("script"), commands + "\necho END-OF-PASTE\n");
        var output = folder.resolve("output");
        var builder = new ProcessBuilder("bash")
                .redirectInput(script.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PATH", folder + ":/usr/bin:/bin");
        var shell = builder.start();
        if (!shell.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            shell.destroyForcibly();
            throw new IllegalStateException("the shell still waits after " + TIMEOUT_SECONDS + " s");
        }
        // A here-document without its end swallows all that follows.
        if (!Files.readString(output).equals("END-OF-PASTE\n")) {
            throw new IllegalStateException("the shell printed: " + Files.readString(output));
        }
        return new PastedCommands(Files.readAllLines(folder.resolve("calls")), read(folder.resolve("input")));
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
