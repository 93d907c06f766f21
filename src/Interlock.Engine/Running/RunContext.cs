using Interlock.Engine.Agents;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>What every attempt of one run shares.</summary>
internal sealed record RunContext(
    Workspace Workspace, Repository Repository, WorktreePool Pool, IntegrationBranch Branch, IVerifier Verifier, RunOptions Options, Action<RunNews> Tell)
{
    /// <summary>What counts from the next attempt on: the configuration may change while a run is at work.</summary>
    public RunOptions Options { get; set; } = Options;

    public AgentHomes Homes { get; } = new(Repository.CommonDir);

    public PriceList Prices { get; } = PriceList.Read(Workspace.Config.Config);
}
