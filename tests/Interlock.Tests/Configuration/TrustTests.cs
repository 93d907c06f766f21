using Interlock.Engine.Configuration;

namespace Interlock.Tests.Configuration;

public sealed class TrustTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-trust-").FullName;

    private string File => Path.Combine(folder, "state", "trusted.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Nothing_is_trusted_that_nobody_trusted()
    {
        Assert.False(new Trust(File).IsTrusted(folder, ""));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void One_changed_byte_ends_the_trust()
    {
        var config = Path.Combine(folder, "interlock.json");
        System.IO.File.WriteAllText(config, "{ }");
        new Trust(File).Grant(folder, ConfigFile.Read(folder).Hash!);
        Assert.True(new Trust(File).IsTrusted(folder, ConfigFile.Read(folder).Hash!));

        System.IO.File.WriteAllText(config, "{\n}");
        Assert.False(new Trust(File).IsTrusted(folder, ConfigFile.Read(folder).Hash!));
        System.IO.File.WriteAllText(config, "{ }");
        Assert.True(new Trust(File).IsTrusted(folder, ConfigFile.Read(folder).Hash!));
    }

    [Fact]
    public void Trust_is_for_one_repository_and_its_latest_grant()
    {
        var trust = new Trust(File);
        trust.Grant("/one", "a");
        trust.Grant("/two", "b");
        trust.Grant("/one", "c");
        Assert.False(trust.IsTrusted("/one", "a"));
        Assert.False(trust.IsTrusted("/two", "c"));
        Assert.True(trust.IsTrusted("/one", "c") && trust.IsTrusted("/two", "b"));
    }

    [Fact]
    public void The_users_list_lies_outside_any_repository() =>
        Assert.Equal([File], Directory.GetFiles(Granted(), "trusted.json", SearchOption.AllDirectories));

    [Fact]
    public async Task Grants_made_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => new Trust(File).Grant($"/r{i}", $"{i}"))));
        Assert.All(Enumerable.Range(0, 16), i => Assert.True(new Trust(File).IsTrusted($"/r{i}", $"{i}")));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"/one\": 7 }")]
    [InlineData("{ \"/one\": \"7\", \"/one\": \"8\" }")]
    [InlineData("{ \"/one\": \"\\ud800\" }")]
    public void A_broken_list_trusts_nothing_and_is_not_overwritten(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, text);
        Assert.Contains(File, Assert.Throws<BadInputException>(() => new Trust(File).IsTrusted("/one", "7")).Message);
        Assert.Throws<BadInputException>(() => new Trust(File).Grant("/one", "7"));
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    private string Granted()
    {
        var repository = Directory.CreateDirectory(Path.Combine(folder, "repository")).FullName;
        new Trust(File).Grant(repository, "h");
        Assert.Empty(Directory.GetFileSystemEntries(repository));
        return folder;
    }
}
