using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace TokenIssuer.Server.Pages;

/// <summary>
/// The attack lab under <c>/lab/</c>, which plays the findings of a penetration test live. In Development only: its scripts
/// hold real tokens, of users whose passwords everybody knows.
/// </summary>
internal static class LabPage
{
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    public static void MapLab(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            return;
        }

        var notesApi = new Uri(app.Configuration["Lab:NotesApi"] ?? "http://localhost:5081").GetLeftPart(UriPartial.Authority);
        var place = new LabPlace(app.Services.GetRequiredService<IOptions<TokenIssuerOptions>>().Value.Issuer, notesApi);
        app.MapPage("lab", notesApi);
        app.MapGet("/lab/place.json", (HttpContext context) =>
        {
            PageFolder.Guard(context.Response, DataPolicy);
            return place;
        }).AllowAnonymous();
    }

    /// <summary>Where the lab finds the two it asks.</summary>
    private sealed record LabPlace(
        [property: JsonPropertyName("issuer")] string Issuer,
        [property: JsonPropertyName("notes_api")] string NotesApi);
}
