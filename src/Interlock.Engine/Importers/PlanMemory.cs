using System.Text.Json;
using System.Text.Json.Serialization;
using Interlock.Engine.Configuration;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Importers;

/// <summary>
/// The plan that was named when tasks were brought in, so that a later command need not name it again. It is forgotten when the
/// configuration names another plan, or it is no longer there.
/// </summary>
public static class PlanMemory
{
    private const string Key = "plan.choice";

    /// <summary>What the user says, completed by what was said before.</summary>
    public static PlanChoice Recall(Workspace workspace, PlanChoice said)
    {
        if (said.From is not null || workspace.Store.Read(reader => reader.Meta(Key)) is not { Length: > 0 } text
            || JsonSerializer.Deserialize(text, PlanMemoryJson.Default.RememberedPlan) is not { } known
            || known.Configured != workspace.Config.Config.Plan || !Path.Exists(Path.Combine(workspace.Root, known.From)))
        {
            return said;
        }

        return new PlanChoice(known.From, said.Format ?? known.Format, said.Relax is { Count: > 0 } relax ? relax : known.Relax);
    }

    /// <summary>Keeps the choice of an import that named its plan.</summary>
    public static void Remember(Workspace workspace, PlanChoice choice)
    {
        if (choice.From is not { } from)
        {
            return;
        }

        var relative = Path.GetRelativePath(workspace.Root, Path.GetFullPath(Path.Combine(workspace.Root, from))).Replace('\\', '/');
        var text = JsonSerializer.Serialize(new RememberedPlan(relative, choice.Format, choice.Relax, workspace.Config.Config.Plan), PlanMemoryJson.Default.RememberedPlan);
        if (workspace.Store.Read(reader => reader.Meta(Key)) != text)
        {
            workspace.Store.Write(transaction =>
            {
                transaction.SetMeta(Key, text);
                transaction.Append(workspace.Protocol.Clock.Now, "plan.remembered", $"{relative} is the plan from now on");
                return true;
            });
        }
    }
}

/// <param name="From">Relative to the root of the repository.</param>
/// <param name="Configured">The plan of the configuration at that time.</param>
internal sealed record RememberedPlan(string From, string? Format, IReadOnlyList<string>? Relax, string Configured);

[JsonSerializable(typeof(RememberedPlan))]
internal sealed partial class PlanMemoryJson : JsonSerializerContext;
