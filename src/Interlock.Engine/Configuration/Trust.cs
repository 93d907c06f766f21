using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Configuration;

/// <summary>
/// Which configurations a person has allowed to run commands: by repository and by the hash of the file's bytes,
/// kept outside the repository, so that neither an agent nor a pulled change can grant it.
/// </summary>
public sealed class Trust(string path)
{
    // Of one repository named twice nobody knows which consent was meant.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static Trust ForUser() => new(System.IO.Path.Combine(UserFolders.State, "trusted.json"));

    public bool IsTrusted(string root, string hash) => (string?)Read()[root] == hash;

    public void Grant(string root, string hash)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using var gate = FileGate.Acquire(path + ".gate");
        var trusted = Read();
        trusted[root] = hash;
        AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(trusted.ToJsonString() + "\n"));
    }

    private JsonObject Read()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path), documentOptions: Strict) is JsonObject trusted
                && trusted.All(entry => entry.Value is { } value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is not null)
                ? trusted
                : throw new JsonException();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new BadInputException($"{path} is not a readable list of trusted configurations", "Move it away and run 'interlock trust' again in each repository");
        }
    }
}
