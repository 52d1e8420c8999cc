using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace TokenIssuer.Tests.Validation.Surfaces;

public sealed class MinimalApiSurfaceTests : RevocationSurfaceTests
{
    private protected override Task<TestApi> StartAsync() => TestApi.StartAsync();

    private protected override Task<Surface> OpenAsync(TestApi api, string token) => Task.FromResult<Surface>(new RequestSurface(api, "/me", token));
}

public sealed class ControllerSurfaceTests : RevocationSurfaceTests
{
    private protected override Task<TestApi> StartAsync() => TestApi.StartAsync(
        services: services => services.AddControllers().AddApplicationPart(typeof(SurfaceController).Assembly),
        map: app => app.MapControllers());

    private protected override Task<Surface> OpenAsync(TestApi api, string token) => Task.FromResult<Surface>(new RequestSurface(api, "/controller", token));
}

/// <summary>An MVC controller as applications write them.</summary>
[ApiController]
[Authorize]
[Route("controller")]
public sealed class SurfaceController : ControllerBase
{
    [HttpGet]
    public IActionResult Get() => Ok(User.FindFirst("sub")?.Value);
}

internal sealed class RequestSurface(TestApi api, string path, string token) : Surface
{
    public override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var answer = await api.GetAsync(path, token);
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
