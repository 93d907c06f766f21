using Interlock.App.Cli;

return await CommandLineApp.RunAsync(args, TimeProvider.System);
