using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;

namespace TokenIssuer.Tests.Validation;

/// <summary>An issuer's keys in a folder of its own: mints real tokens, and signs whatever else a test makes up.</summary>
internal sealed class TestIssuer : IDisposable
{
    public const string Name = "https://issuer.example";
    public const string Audience = "notes-api";

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly AccessTokenMinter _minter;

    public TestIssuer(TimeProvider clock, string? issuer = null)
        : this(clock, issuer ?? Name, Directory.CreateTempSubdirectory("tokenissuer-keys-").FullName)
    {
    }

    private TestIssuer(TimeProvider clock, string issuer, string folder)
    {
        (_clock, _folder) = (clock, folder);
        Options = new TokenIssuerOptions { Issuer = issuer, Audience = Audience, KeysDirectory = _folder };
        Options.Keys.Generate = true;
        Options.Keys.AnnounceFor = TimeSpan.Zero;
        Ring = new KeyRing(new KeyDirectory(_folder, clock), Microsoft.Extensions.Options.Options.Create(Options), clock, NullLogger<KeyRing>.Instance);
        Ring.Load();
        _minter = new AccessTokenMinter(Ring, new Denylist(clock), Microsoft.Extensions.Options.Options.Create(Options));
    }

    public TokenIssuerOptions Options { get; }

    public KeyRing Ring { get; }

    public static UserKey KeyOf(string user, string issuer = Name) => UserKey.Of(issuer, new Subject(user));

    public static SessionId NewSession(string user) => new(KeyOf(user), FamilyId.New());

    /// <summary>Another process of the same issuer: it shares the folder and nothing else, and lives no longer than this one.</summary>
    public TestIssuer StartAnother() => new(_clock, Options.Issuer, _folder);

    /// <summary>Puts a PEM file into the folder; the name decides about PS256, the order of names about who signs.</summary>
    public void AddKeyFile(string name, string pem)
    {
        File.WriteAllText(Path.Combine(_folder, name), pem);
        Ring.Load();
    }

    /// <summary>Puts a file there that is no key.</summary>
    public void SpoilFolder() => File.WriteAllText(Path.Combine(_folder, "signing-0.pem"), "no key");

    public string Mint(string user = "alice", SessionId? session = null, long generation = 5, string scope = "notes:read notes:write", TimeSpan? lifetime = null)
    {
        Options.AccessTokenLifetime = lifetime ?? TimeSpan.FromMinutes(5);
        var now = _clock.GetUtcNow();
        var minted = _minter.Mint(new AccessTokenGrant(
            session ?? NewSession(user), new Subject(user), "spa", Scope.Of(scope.Split(' ')), generation, ["editor"], "pwd", now, now, now + TimeSpan.FromHours(12)));
        return minted.Token.Reveal();
    }

    /// <summary>The header of a right token, to be changed.</summary>
    public JsonObject Header() => new() { ["alg"] = Ring.Current.Algorithm, ["typ"] = "at+jwt", ["kid"] = Ring.Current.KeyId };

    /// <summary>The payload of a right token, to be changed.</summary>
    public JsonObject Payload(string user = "alice")
    {
        var token = Mint(user);
        return JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))?.AsObject() ?? throw new InvalidOperationException();
    }

    public string Sign(JsonNode header, JsonNode payload) => Sign(header.ToJsonString(), payload.ToJsonString());

    public string Sign(string header, string payload) => Sign(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload));

    public string Sign(byte[] header, byte[] payload) => SignInput($"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}");

    /// <summary>Signs the text before the last dot as it stands.</summary>
    public string SignInput(string input)
    {
        var signature = new byte[Ring.Current.SignatureSize];
        Ring.Current.Sign(Encoding.ASCII.GetBytes(input), signature);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    public string Jwks() => JsonSerializer.Serialize(new { keys = Ring.Keys.Select(key => PublicJwk(key.Key)) });

    public string Metadata(string address) => JsonSerializer.Serialize(new { issuer = Options.Issuer, jwks_uri = $"{address}/.well-known/jwks.json" });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, string> PublicJwk(SigningKey key)
    {
        var jwk = new Dictionary<string, string>
        {
            ["kty"] = key.PublicKey.Kty, ["kid"] = key.KeyId, ["alg"] = key.Algorithm, ["use"] = "sig",
        };
        foreach (var (name, value) in new[] { ("crv", key.PublicKey.Crv), ("x", key.PublicKey.X), ("y", key.PublicKey.Y), ("n", key.PublicKey.N), ("e", key.PublicKey.E) })
        {
            if (value is not null)
            {
                jwk[name] = value;
            }
        }

        return jwk;
    }
}
