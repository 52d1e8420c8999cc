using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using StackExchange.Redis;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>
/// What a refresh can't do without, and nothing else: read the body, run one script in Redis, sign one access token, seal one
/// refresh token, and answer with as many bytes. It decides nothing and is no issuer.
/// </summary>
internal sealed class CeilingArm(IDatabase redis, byte[] script)
{
    private static readonly byte[] s_header = RandomNumberGenerator.GetBytes(96);
    private readonly ECDsa[] _signers = [.. Enumerable.Range(0, 16).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256))];
    [ThreadStatic]
    private static AesGcm? t_seal;

    private int _next;

    public static Action<WebApplication> Build(ArmSurroundings surroundings)
    {
        var connection = ConnectionMultiplexer.Connect(surroundings.Redis);
        var script = connection.GetServer(surroundings.Redis).ScriptLoad(
            "local r = redis.call('HMGET', KEYS[1], 'u', ARGV[1]) redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) return {0, r[1]}");
        var arm = new CeilingArm(connection.GetDatabase(), script);
        return app => app.MapPost("/auth/refresh", arm.AnswerAsync);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var body = new byte[256];
        var read = 0;
        while (await context.Request.Body.ReadAsync(body.AsMemory(read), context.RequestAborted) is > 0 and var count)
        {
            read += count;
        }

        RedisKey[] keys = ["{bench:0}:u:" + (read % 1024)];
        RedisValue[] arguments = ["0123456789abcdef", body.AsMemory(0, 60).ToArray()];
        await redis.ScriptEvaluateAsync(script, keys, arguments);
        await context.Response.WriteAsync(Compose());
    }

    private string Compose()
    {
        var signature = new byte[64];
        var signer = _signers[Interlocked.Increment(ref _next) & 15];
        lock (signer)
        {
            signer.TrySignData(s_header, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out _);
        }

        Span<byte> plain = stackalloc byte[53];
        Span<byte> sealedToken = stackalloc byte[53 + 16];
        (t_seal ??= new AesGcm(s_header.AsSpan(0, 32), 16)).Encrypt(signature.AsSpan(0, 12), plain, sealedToken[..53], sealedToken[53..]);
        var text = new StringBuilder(1024)
            .Append("{\"access_token\":\"").Append('a', 560).Append('.').Append(Base64Url.EncodeToString(signature))
            .Append("\",\"token_type\":\"Bearer\",\"expires_in\":300,\"scope\":\"notes:read notes:write\",\"session_id\":\"").Append('s', 43)
            .Append("\",\"session_expires_in\":43200,\"idle_expires_in\":1800,\"refresh_token\":\"").Append(Base64Url.EncodeToString(sealedToken)).Append("\"}");
        return text.ToString();
    }
}
