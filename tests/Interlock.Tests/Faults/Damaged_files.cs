using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Stores;
using Interlock.Engine.Stores.Sqlite;
using Interlock.Tests.Faults.Inputs;
using Interlock.Tests.Importers.Formats;
using Interlock.Tests.Projections;
using Interlock.Tests.Stores;

namespace Interlock.Tests.Faults;

/// <summary>
/// Part T13, the files that are only read: settings, consent, tokens, plans and the store. Damaged, each means the same, or is
/// refused by a typed error, or no longer gives what it gave: a right, a consent.
/// </summary>
public sealed class Damaged_files : IDisposable
{
    private readonly int seed = Programme.Seed();
    private readonly ITestOutputHelper output;
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-damaged-").FullName;
    private readonly OpenedRepository repository = new();
    private readonly List<string> faults = [];

    public Damaged_files(ITestOutputHelper output) => this.output = output;

    public void Dispose()
    {
        repository.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Trait(Programme.Trait, "T13")]
    public void Each_damage_to_a_file_that_is_read_is_refused_or_takes_a_right_away()
    {
        var mutations = Programme.Size("T13", quick: 1_500, ci: 15_000, full: 100_000);
        var kinds = Kinds();
        var random = new Random(seed);
        var systematic = 0;
        foreach (var (name, bytes, judge) in kinds)
        {
            foreach (var damaged in Mutations.Systematic(bytes, stride: mutations >= 100_000 ? 1 : 3, seed))
            {
                Judge(name, bytes, damaged, judge);
                systematic++;
            }
        }

        for (var i = 0; i < mutations; i++)
        {
            var (name, bytes, judge) = kinds[i % kinds.Count];
            Judge(name, bytes, Mutations.Any(bytes, random), judge);
        }

        Assert.True(faults.Count == 0, $"seed {seed}, {faults.Count} faults\n{string.Join("\n\n", faults.DistinctBy(fault => fault.Split(':')[0] + fault.Split('\n')[1]).Take(8))}");
        Programme.Report(
            "T13", seed, output,
            Figure.AtLeast("cuts and flipped bits read", systematic, 100),
            Figure.AtLeast("mutated files read", mutations, mutations),
            Figure.None("crashes and silent acceptances at reading", faults.Count));
    }

    [Fact]
    [Trait(Programme.Trait, "T13")]
    public void A_damaged_store_is_refused_or_reads_the_same_or_is_told_by_its_examination()
    {
        var stride = Mutations.Stride(quick: 41, ci: 7);
        var original = Path.Combine(folder, "whole.db");
        repository.Claim("2.5.1");
        repository.Store.CopyTo(original);
        var bytes = File.ReadAllBytes(original);
        string content;
        using (var whole = SqliteStore.Open(original, () => "new"))
        {
            content = Dump.Of(whole);
        }

        var random = new Random(seed);
        var opened = 0;
        for (var at = random.Next(stride); at < 1024; at += stride)
        {
            opened += 2;
            var flipped = bytes.ToArray();
            flipped[at] ^= (byte)(1 << random.Next(8));
            OpenStore($"byte {at}", flipped, content);
            OpenStore($"cut at {1 + (bytes.Length * at / 1024)}", bytes[..(1 + (bytes.Length * at / 1024))], content);
        }

        Assert.True(faults.Count == 0, $"seed {seed}, {faults.Count} faults\n{string.Join("\n\n", faults.Take(8))}");
        Programme.Report("T13", seed, output, Figure.AtLeast("damaged stores opened", opened, 40), Figure.None("crashes and silent acceptances of stores", faults.Count));
    }

    private void OpenStore(string what, byte[] damaged, string content)
    {
        var path = Path.Combine(folder, "damaged.db");
        foreach (var ending in (string[])["", "-wal", "-shm"])
        {
            File.Delete(path + ending);
        }

        File.WriteAllBytes(path, damaged);
        try
        {
            using var store = SqliteStore.Open(path, () => "new");
            if (Dump.Of(store) != content && store.Examine().Faults.Count == 0)
            {
                faults.Add($"{what}: it reads otherwise, and its examination finds nothing");
            }
        }
        catch (StoreException refusal)
        {
            Assert.NotEmpty(refusal.Hint);
        }
        catch (Exception crash)
        {
            faults.Add($"{what}: {crash}");
        }
    }

    private void Judge(string name, byte[] original, byte[] damaged, Func<byte[], string?> judge)
    {
        if (original.AsSpan().SequenceEqual(damaged))
        {
            return;
        }

        try
        {
            if (judge(damaged) is { } fault)
            {
                faults.Add($"{name}: {Convert.ToBase64String(damaged)}\n{fault}");
            }
        }
        catch (BadInputException refusal)
        {
            if (refusal.Hint.Length == 0 || !refusal.Message.Contains(folder, StringComparison.Ordinal))
            {
                faults.Add($"{name}: {Convert.ToBase64String(damaged)}\nrefused without file or remedy: {refusal.Message}");
            }
        }
        catch (Exception crash)
        {
            faults.Add($"{name}: {Convert.ToBase64String(damaged)}\n{crash}");
        }
    }

    private List<(string Name, byte[] Bytes, Func<byte[], string?> Judge)> Kinds()
    {
        // Two repositories whose paths differ by one bit, as one flip can make them the same.
        var trusted = $$"""{ "/r/x": "{{new string('1', 64)}}", "/r/y": "{{new string('2', 64)}}" }""";
        var token = repository.Claim("2.5.1");
        File.WriteAllText(Path.Combine(folder, "interlock.json"), Samples.Config);
        var hash = ConfigFile.Read(folder).Hash;
        Directory.CreateDirectory(Path.Combine(folder, ".cursor"));
        return
        [
            ("interlock.json", Samples.Bytes(Samples.Config), damaged => Config(damaged, hash)),
            ("trusted.json", Samples.Bytes(trusted), Trusted),
            (".cursor/worktrees.json", Samples.Bytes(Samples.Cursor), Cursor),
            ("token", Samples.Bytes(token.ToString()), damaged => Token(damaged, token.ToString())),
            .. Samples.Plans.Select(sample => (sample.Path, Samples.Bytes(sample.Text), (Func<byte[], string?>)(damaged => Plan(sample.Format, sample.Path, damaged)))),
        ];
    }

    // Whatever it says now, nobody has consented to it: consent is bound to the bytes.
    private string? Config(byte[] damaged, string? hash)
    {
        File.WriteAllBytes(Path.Combine(folder, "interlock.json"), damaged);
        return ConfigFile.Read(folder).Hash == hash ? "it is still trusted" : null;
    }

    private string? Trusted(byte[] damaged)
    {
        var path = Path.Combine(folder, "trusted.json");
        File.WriteAllBytes(path, damaged);
        return new Trust(path).IsTrusted("/r/x", new string('a', 64)) ? "it grants what nobody granted" : null;
    }

    private string? Cursor(byte[] damaged)
    {
        File.WriteAllBytes(Path.Combine(folder, ".cursor", "worktrees.json"), damaged);
        return CursorSetup.Read(folder, new InterlockConfig()) is { Hash: var now } && now == TrustedHash ? "it is still trusted" : null;
    }

    private static string TrustedHash { get; } = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Samples.Bytes(Samples.Cursor)));

    private string? Token(byte[] damaged, string original)
    {
        var tokens = Directory.CreateDirectory(Path.Combine(folder, "tokens")).FullName;
        File.WriteAllBytes(Path.Combine(tokens, "2.5.1@a-1"), damaged);
        return new TokenFolder(tokens).Find(new TaskId("2.5.1"), new AgentId("a-1")) is { } found && found.ToString() != original
            && repository.Protocol.Check(new TaskId("2.5.1"), found).Done ? "another token is taken for the holder's" : null;
    }

    private static string? Plan(string format, string path, byte[] damaged)
    {
        var plan = PlanFormats.Find(format)!.Parse(new PlanInput([new PlanFile(path, damaged)], path), new PlanReading());
        DataPlans.AssertLaws(plan);
        return !IsUtf8(damaged) && plan.Problems.Count == 0 ? "text that is no UTF-8 is read without a word" : null;
    }

    private static bool IsUtf8(byte[] bytes) => System.Text.Unicode.Utf8.IsValid(bytes);
}
