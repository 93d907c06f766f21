using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using ModelServer;

// model-server --script FILE [--port N] [--log FILE]     a model that plays a script, for agent programs under test
string? Given(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

if (Given("--script") is not { } script)
{
    Console.Error.WriteLine("usage: model-server --script FILE [--port N] [--log FILE]");
    return 2;
}

await using var app = Server.Create(Script.Read(script), int.Parse(Given("--port") ?? "0", System.Globalization.CultureInfo.InvariantCulture), Given("--log"));
await app.StartAsync();
Console.WriteLine($"model-server listens on {app.Urls.First()}");
await app.WaitForShutdownAsync();
return 0;
