using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Browser;

/// <summary>The built sample page on a port of its own, as a plain file server would have it; and any other page a test needs.</summary>
internal sealed class NotesWebHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private NotesWebHost(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    /// <summary>Where the issuer and the API are, once they are known; the page reads it from its config.json.</summary>
    public string Issuer { get; set; } = string.Empty;

    public string NotesApi { get; set; } = string.Empty;

    public string Origin => $"http://localhost:{Port}";

    public static async Task<NotesWebHost> StartAsync()
    {
        var files = new PhysicalFileProvider(Repository.PathOf("samples/NotesWeb/dist"));
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Repository.Root });
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        NotesWebHost? host = null;
        app.MapGet("/config.json", () => Results.Json(new { issuer = host?.Issuer, notesApi = host?.NotesApi }));
        app.MapGet("/empty", () => Results.Content("<!doctype html><title>Somebody else's page</title>", "text/html"));
        app.UseFileServer(new FileServerOptions { FileProvider = files });
        await app.StartAsync();

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        host = new NotesWebHost(app, new Uri(address).Port);
        return host;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
