using Interlock.App.Cli;
using Interlock.App.Hooks;

// A hook is started before every edit of every agent, so it goes the shortest way.
return args is ["hook", ..] && !args.Any(word => word is "--help" or "-h" or "-?") ? HookProgram.Run(args.AsSpan(1), TimeProvider.System)
    : InsideRun.IsHere ? await InsideRun.ForwardAsync(args)
    : await CommandLineApp.RunAsync(args, TimeProvider.System);
