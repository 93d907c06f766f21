namespace Interlock.App.Cli;

/// <summary>
/// The form people's scripts use: <c>interlock --story=2.5 --assign</c> and <c>--execute</c> mean the verbs
/// <c>assign</c> and <c>run</c>.
/// </summary>
internal static class ClassicForm
{
    public static string[] Translate(string[] args)
    {
        if (args.Length == 0)
        {
            return ["--help"];
        }

        if (!args[0].StartsWith('-'))
        {
            return args;
        }

        var verb = args.Contains("--execute") ? "run" : args.Contains("--assign") ? "assign" : null;
        return verb is null ? args : [verb, .. args.Where(arg => arg is not ("--assign" or "--execute"))];
    }
}
