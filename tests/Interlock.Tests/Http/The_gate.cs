using Interlock.App.Http;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Http;

/// <summary>Every request as an attacker may send it, against the rules alone.</summary>
public sealed class The_gate
{
    private static readonly string[] Authorities = ["127.0.0.1:7420", "localhost:7420"];
    private static readonly AgentId Ada = new("dev-1");

    private static readonly Knock Good = new("POST", "/mcp/dev-1", ["127.0.0.1:7420"], [], ["Bearer ada"], "application/json", 100);

    public static TheoryData<int, string, string?, string?, string?, string?> Headers { get; } = new()
    {
        // status, hosts, origins, authorizations, content type, path; ';' parts values, null is absent
        { 200, "127.0.0.1:7420", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 200, "localhost:7420", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 200, "LOCALHOST:7420", null, "bearer ada", "application/json; charset=utf-8", "/mcp" },
        { 200, "127.0.0.1:7420", "http://127.0.0.1:7420", "Bearer ada", "APPLICATION/JSON", "/mcp/dev-1" },
        { 200, "127.0.0.1:7420", "http://localhost:7420", "Bearer ada", "application/json", "/health" },
        { 200, "127.0.0.1:7420", null, "Bearer me", "application/json", "/health" },
        { 403, "evil.example", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "evil.example:7420", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "localhost", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7421", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "localhost:7420.evil.example", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "evil.example@127.0.0.1:7420", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420.", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "0.0.0.0:7420", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "[::1]:7420", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.1:7420", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "2130706433:7420", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420;evil.example", null, "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "http://evil.example", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "https://127.0.0.1:7420", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "http://127.0.0.1:7421", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "http://localhost", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "http://localhost:7420.evil.example", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "http://localhost:7420/", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "null", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "file://", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "http://localhost:7420;http://evil.example", "Bearer ada", "application/json", "/mcp/dev-1" },
        { 403, "127.0.0.1:7420", "http://evil.example", null, "application/json", "/health" },
        { 403, "evil.example", "http://127.0.0.1:7420", "Bearer ada", "application/json", "/mcp" },
        { 401, "127.0.0.1:7420", null, null, "application/json", "/mcp/dev-1" },
        { 401, "127.0.0.1:7420", null, "", "application/json", "/mcp/dev-1" },
        { 401, "127.0.0.1:7420", null, "Bearer", "application/json", "/mcp/dev-1" },
        { 401, "127.0.0.1:7420", null, "Bearer wrong", "application/json", "/mcp/dev-1" },
        { 401, "127.0.0.1:7420", null, "Basic ada", "application/json", "/mcp/dev-1" },
        { 401, "127.0.0.1:7420", null, "ada", "application/json", "/mcp/dev-1" },
        { 401, "127.0.0.1:7420", null, "Bearer ada;Bearer ada", "application/json", "/mcp/dev-1" },
        { 401, "127.0.0.1:7420", null, null, null, "/health" },
        { 401, "127.0.0.1:7420", null, null, "application/json", "/nothing/there" },
        { 403, "127.0.0.1:7420", null, "Bearer ada", "application/json", "/mcp/dev-2" },
        { 403, "127.0.0.1:7420", null, "Bearer ada", "application/json", "/MCP/dev-2" },
        { 403, "127.0.0.1:7420", null, "Bearer ada", "application/json", "//mcp//dev-2" },
        { 403, "127.0.0.1:7420", null, "Bearer me", "application/json", "/mcp" },
        { 403, "127.0.0.1:7420", null, "Bearer me", "application/json", "/mcp/dev-1" },
        { 415, "127.0.0.1:7420", null, "Bearer ada", "text/plain", "/mcp/dev-1" },
        { 415, "127.0.0.1:7420", null, "Bearer ada", null, "/mcp/dev-1" },
        { 415, "127.0.0.1:7420", null, "Bearer ada", "application/x-www-form-urlencoded", "/mcp/dev-1" },
        { 415, "127.0.0.1:7420", null, "Bearer ada", "application/json-seq", "/mcp/dev-1" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Only_a_request_under_our_own_address_from_no_other_page_with_a_token_passes(int status, string hosts, string? origins, string? authorizations, string? contentType, string? path)
    {
        var knock = new Knock("POST", path!, Values(hosts), Values(origins), Values(authorizations), contentType, 100);

        Assert.Equal(status, Status(knock));
    }

    [Theory]
    [InlineData("OPTIONS", 405)]
    [InlineData("PUT", 405)]
    [InlineData("TRACE", 405)]
    [InlineData("GET", 200)]
    [InlineData("DELETE", 200)]
    public void Nothing_but_get_post_and_delete_is_answered(string method, int status) => Assert.Equal(status, Status(Good with { Method = method, ContentType = null }));

    [Theory]
    [InlineData(GateRules.MaxBody, 200)]
    [InlineData(GateRules.MaxBody + 1, 413)]
    [InlineData(null, 200)]
    public void A_body_larger_than_a_megabyte_is_not_read(long? length, int status) => Assert.Equal(status, Status(Good with { Length = length }));

    private static int Status(Knock knock) =>
        GateRules.Check(knock, Authorities, token => token switch { "ada" => new Caller(Ada), "me" => new Caller(null), _ => null }).Status;

    private static string[] Values(string? text) => text is null ? [] : text.Split(';');
}
