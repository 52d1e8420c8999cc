using System.Text.Json;
using System.Text.Json.Nodes;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Revocation;

public sealed class RevocationDocumentTests
{
    private static readonly RevocationPage s_page = new(
        Entries.OfEveryKind, new LogCursor("store", 3, [new LogPosition(5)]), TimeSpan.FromMilliseconds(12), TimeSpan.FromMinutes(20), IsSnapshot: true);

    [Fact]
    public void The_wire_form_is_the_one_of_the_contract()
    {
        var json = Serialize(RevocationDocument.Of(s_page, s_page.Age));

        Assert.Equal(
            $$"""
            {"cursor":"store.3.5","age_ms":12,"retention":1200,"revocations":[
            {"id":"1","kind":"family","sid":"{{Entries.Session}}","until":1767270000,"reason":"logout"},
            {"id":"2","kind":"user","user":"alice","user_key":"{{Entries.AliceKey}}","min_gen":30,"floor":20,"api_floor":0,"until":1767270000,"reason":"password_changed"},
            {"id":"3","kind":"token","jti":"token-id","until":1767270000,"reason":"client_revoked"},
            {"id":"4","kind":"key","kid":"key-id","until":1767270000,"reason":"key_retired"},
            {"id":"5","kind":"all","min_gen":1767268800000,"until":1767270000,"reason":"store_birth"}]}
            """.ReplaceLineEndings(string.Empty),
            json);
    }

    [Fact]
    public void A_page_reads_back_as_it_was()
    {
        var read = Deserialize(Serialize(RevocationDocument.Of(s_page, s_page.Age))).ToPage(isSnapshot: true);

        Assert.Equal(s_page with { Entries = [] }, read with { Entries = [] });
        Assert.Equal(s_page.Entries, read.Entries);
    }

    [Fact]
    public void Every_reason_reads_back_as_it_was()
    {
        var reasons = Enum.GetValues<RevocationReason>();

        var read = reasons.Select(reason => RevocationItem.Of(Entries.Family with { Reason = reason }).ToEntry().Reason);

        Assert.Equal(reasons, read);
    }

    [Theory]
    [InlineData("a_reason_of_tomorrow")]
    [InlineData("99")]
    [InlineData("")]
    [InlineData(null)]
    public void A_reason_that_this_library_does_not_know_revokes_all_the_same(string? reason)
    {
        var entry = (RevocationItem.Of(Entries.Family) with { Reason = reason! }).ToEntry();

        Assert.Equal(Entries.Family with { Reason = RevocationReason.Administrator }, entry);
    }

    [Theory]
    [InlineData("family", "sid")]
    [InlineData("user", "user")]
    [InlineData("user", "user_key")]
    [InlineData("user", "min_gen")]
    [InlineData("user", "floor")]
    [InlineData("user", "api_floor")]
    [InlineData("token", "jti")]
    [InlineData("key", "kid")]
    [InlineData("all", "min_gen")]
    [InlineData("family", "until")]
    [InlineData("family", "kind")]
    public void An_entry_without_one_of_its_members_is_refused_and_not_skipped(string kind, string member)
    {
        var item = ItemOf(kind);
        Assert.NotNull(Read(item));

        item.Remove(member);

        Assert.Throws<FormatException>(() => Read(item));
    }

    [Theory]
    [InlineData("family", "kind", "\"session\"")]
    [InlineData("family", "kind", "\"Family\"")]
    [InlineData("family", "sid", "\"short\"")]
    [InlineData("family", "sid", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\"")]
    [InlineData("family", "until", "0")]
    [InlineData("family", "until", "-1")]
    [InlineData("family", "until", "9223372036854775807")]
    [InlineData("user", "user", "\"\"")]
    [InlineData("user", "user_key", "\"short\"")]
    [InlineData("token", "jti", "\"\"")]
    [InlineData("key", "kid", "\"\"")]
    public void An_entry_with_a_value_that_cannot_be_is_refused(string kind, string member, string value)
    {
        var item = ItemOf(kind);
        Assert.NotNull(Read(item));

        item[member] = JsonNode.Parse(value);

        Assert.Throws<FormatException>(() => Read(item));
    }

    [Theory]
    [InlineData("until", "\"tomorrow\"")]
    [InlineData("until", "1.5")]
    [InlineData("min_gen", "1e400")]
    [InlineData("user", "7")]
    public void An_entry_with_a_value_of_another_type_is_no_JSON_of_the_contract(string member, string value)
    {
        var item = ItemOf("user");

        item[member] = JsonNode.Parse(value);

        Assert.Throws<JsonException>(() => Read(item));
    }

    [Fact]
    public void A_user_of_more_than_255_characters_is_refused()
    {
        var item = ItemOf("user");
        item["user"] = new string('x', 256);

        Assert.Throws<FormatException>(() => Read(item));
    }

    [Fact]
    public void A_member_that_this_library_does_not_know_is_passed_over()
    {
        var item = ItemOf("family");
        item["comment"] = "of tomorrow";

        Assert.Equal(Entries.Family, Read(item));
    }

    [Theory]
    [InlineData("cursor", "\"\"")]
    [InlineData("cursor", "null")]
    [InlineData("age_ms", "-1")]
    [InlineData("age_ms", "9223372036854775807")]
    [InlineData("retention", "-1")]
    [InlineData("retention", "0")]
    [InlineData("retention", "9223372036854775807")]
    [InlineData("revocations", "[null]")]
    public void A_document_with_a_value_that_cannot_be_is_refused(string member, string value)
    {
        var document = JsonNode.Parse(Serialize(RevocationDocument.Of(s_page, s_page.Age)))!.AsObject();
        Assert.NotNull(Deserialize(document.ToJsonString()).ToPage(isSnapshot: true));

        document[member] = JsonNode.Parse(value);

        Assert.Throws<FormatException>(() => Deserialize(document.ToJsonString()).ToPage(isSnapshot: true));
    }

    [Theory]
    [InlineData("""{"cursor":"store.3.5","age_ms":12}""")]
    [InlineData("""{"cursor":"store.3.5","age_ms":12,"revocations":[]}""")]
    public void A_heartbeat_has_no_entries(string json)
    {
        var page = Deserialize(json).ToPage(isSnapshot: false);

        Assert.Empty(page.Entries);
        Assert.Equal((s_page.Cursor, s_page.Age), (page.Cursor, page.Age));
    }

    private static JsonObject ItemOf(string kind)
        => Entries.OfEveryKind.Select(entry => JsonSerializer.SerializeToNode(RevocationItem.Of(entry), RevocationJson.Default.RevocationItem)!.AsObject())
            .Single(item => (string?)item["kind"] == kind);

    private static RevocationEntry Read(JsonObject item)
        => JsonSerializer.Deserialize(item, RevocationJson.Default.RevocationItem)!.ToEntry();

    private static string Serialize(RevocationDocument document) => JsonSerializer.Serialize(document, RevocationJson.Default.RevocationDocument);

    private static RevocationDocument Deserialize(string json) => JsonSerializer.Deserialize(json, RevocationJson.Default.RevocationDocument)!;
}
