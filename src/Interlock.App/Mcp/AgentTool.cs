using System.Text.Json;
using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Desks;
using Interlock.Engine.Projections;
using Interlock.Engine.Stores;
using Interlock.Engine.Worktrees;
using ModelContextProtocol.Protocol;

namespace Interlock.App.Mcp;

/// <summary>What one call works with.</summary>
/// <param name="Request">Names the call for good, so that a repeated one gets the first answer; null when the client gave nothing to know it by.</param>
internal sealed record ToolCall(Workspace Workspace, AgentDesk Desk, ToolInput Input, string? Request);

/// <summary>How a tool differs from others in what it does to the repository.</summary>
internal enum ToolEffect
{
    /// <summary>Looks only.</summary>
    Reads,

    /// <summary>Changes something; calling it again with the same arguments changes nothing more.</summary>
    Settles,

    /// <summary>Changes something each time.</summary>
    Acts,
}

/// <summary>One tool: what the client is told of it, and what it does. None deletes anything nor reaches beyond this repository.</summary>
internal abstract class AgentTool
{
    private readonly IReadOnlyList<Parameter> parameters;

    protected AgentTool(string name, string title, string description, ToolEffect effect, params IReadOnlyList<Parameter> parameters)
    {
        this.parameters = parameters;
        Definition = new Tool
        {
            Name = name,
            Title = title,
            Description = description,
            InputSchema = Schemas.Input(parameters),
            OutputSchema = Schemas.Output,
            Annotations = new ToolAnnotations
            {
                Title = title,
                ReadOnlyHint = effect == ToolEffect.Reads,
                DestructiveHint = false,
                IdempotentHint = effect != ToolEffect.Acts,
                OpenWorldHint = false,
            },
        };
    }

    public Tool Definition { get; }

    public string Name => Definition.Name;

    /// <exception cref="BadInputException">The arguments are not this tool's; the message says how to correct them.</exception>
    public ToolInput Read(IDictionary<string, JsonElement>? arguments)
    {
        var input = new ToolInput(Name, parameters, arguments);
        input.Check();
        return input;
    }

    public async Task<CallToolResult> CallAsync(Connection connection, IDictionary<string, JsonElement>? arguments, string? request, CancellationToken cancellation)
    {
        try
        {
            var input = Read(arguments);
            var answer = await connection.WithWorkspaceAsync(
                (workspace, desk) =>
                {
                    workspace.Mailbox.Acknowledge(desk.Agent, request);
                    return AnswerAsync(new ToolCall(workspace, desk, input, request), cancellation);
                },
                cancellation);
            return answer.ToResult();
        }
        catch (BadInputException error)
        {
            return ToolAnswer.Error("bad-input", error.Message, error.Hint).ToResult();
        }
        catch (StoreException error)
        {
            return ToolAnswer.Error("store", error.Message, error.Hint).ToResult();
        }
        catch (ProjectionException error)
        {
            return ToolAnswer.Error("environment", error.Message, error.Hint).ToResult();
        }
        catch (Exception error) when (error is GitException or IOException or UnauthorizedAccessException)
        {
            return ToolAnswer.Error("environment", error.Message, "Nothing was left half done; try once more, then tell a person").ToResult();
        }
    }

    protected abstract Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation);
}
