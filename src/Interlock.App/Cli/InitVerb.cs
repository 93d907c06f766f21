using System.CommandLine;
using System.Text;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.App.Cli;

internal static class InitVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("init", $"Write {InterlockConfig.FileName} with checks proposed from what the repository holds");
        host.Bind(command, context =>
        {
            var path = context.Workspace.Config.Path;
            if (context.Workspace.Config.Hash is not null)
            {
                throw new BadInputException($"{path} is there already", "Edit it; docs/guide/configuration.md lists every setting");
            }

            var proposed = ProposedChecks.For(context.Workspace.Root);
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(Render(proposed)));
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer => writer.WriteString("written", path));
            }
            else
            {
                context.Terminal.Line($"Wrote {path} with {Counted.Of(proposed.Checks.Count, "proposed check")}: read it, set what an agent is, then: interlock trust");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static string Render(ProposedChecks proposed)
    {
        var text = new StringBuilder("{\n  \"plan\": \"plan/IMPLEMENTATION_PLAN.md\",\n\n");
        text.Append("  // What an agent is: any command that reads its prompt on stdin and works in the current folder.\n");
        text.Append("  // \"agent\": { \"command\": \"claude -p --permission-mode acceptEdits\", \"timeout\": \"60m\" },\n\n");
        text.Append("  // What work must pass before it lands. \"none\" lands everything unverified.\n");
        if (proposed.Checks.Count == 0)
        {
            text.Append("  // \"checks\": [ { \"name\": \"test\", \"command\": \"make test\" } ],\n");
        }
        else
        {
            text.Append("  \"checks\": [\n");
            text.AppendJoin(",\n", proposed.Checks.Select(check => $"    {{ \"name\": {Quote(check.Name)}, \"command\": {Quote(check.Command)} }}"));
            text.Append("\n  ],\n");
        }

        if (proposed.Toolchain.Count > 0)
        {
            text.Append("\n  // A check that was green for the same files is run again when one of these says something else.\n");
            text.Append("  \"toolchain\": [").AppendJoin(", ", proposed.Toolchain.Select(Quote)).Append("],\n");
        }

        if (proposed.Link.Count > 0)
        {
            text.Append("\n  // Not in git, but the checks need it in every worktree.\n");
            text.Append("  \"worktrees\": { \"link\": [").AppendJoin(", ", proposed.Link.Select(Quote)).Append("] },\n");
        }

        return text.Append("\n  \"limits\": { \"agents\": 10, \"per_module\": 3, \"per_epic\": 5 }\n}\n").ToString();
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
