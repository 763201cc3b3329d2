/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs;

import io.quarkus.runtime.annotations.QuarkusMain;
import io.snapshotoperator.evs.app.CommandFailures;
import io.snapshotoperator.evs.app.HandbackCommand;
import io.snapshotoperator.evs.app.OrphansCommand;
import io.snapshotoperator.evs.app.PlanCommand;
import io.snapshotoperator.evs.app.RestoreManifestCommand;
import io.snapshotoperator.evs.app.RunCommand;
import io.snapshotoperator.evs.simulator.SimulatorCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point: parses the command line and runs one command. The simulator shares no code with the other commands. */
@QuarkusMain
@Command(
        name = "evs-snapshot-operator",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            OrphansCommand.class,
            HandbackCommand.class,
            PlanCommand.class,
            RestoreManifestCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = "Creates volume snapshots on Open Telekom Cloud and Huawei Cloud from Kubernetes objects.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:The command succeeded.",
            "1:The command failed.",
            "2:Unknown command or option, or a setting that cannot be used.",
            "3:The operator lost its Lease. Start it again.",
            "4:The API server is not reachable, does not know the resource, or rejects the operator.",
            "5:The schedule of the command plan keeps more snapshots of a volume than the cloud accepts.",
            "143:The operator ended after SIGTERM."
        },
        footer = "Without a command, the program runs the operator. The environment gives the settings.")
public final class Main implements Runnable {
    private static final String DEFAULT_COMMAND = "run";

    @Spec
    private CommandSpec spec;

    public static void main(String... args) {
        System.exit(commandLine().execute(args.length == 0 ? new String[] {DEFAULT_COMMAND} : args));
    }

    static CommandLine commandLine() {
        var commandLine = new CommandLine(new Main())
                .setParameterExceptionHandler(Main::onUnknownWord)
                .addSubcommand(SimulatorCommand.commandLine());
        commandLine.getSubcommands().values().forEach(command -> command.getCommandSpec()
                .versionProvider(new Version()));
        return commandLine.setExecutionExceptionHandler(new CommandFailures());
    }

    /** The simulator has many flags, so its own handler prints the sentence only. picocli asks the handler of the program. */
    private static int onUnknownWord(ParameterException unknown, String... args) throws Exception {
        var command = unknown.getCommandLine();
        if (command.getCommand() instanceof SimulatorCommand) {
            return command.getParameterExceptionHandler().handleParseException(unknown, args);
        }
        command.getErr().println(unknown.getMessage());
        command.usage(command.getErr());
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"evs-snapshot-operator " + (version == null ? "(not packaged)" : version)};
        }
    }
}
