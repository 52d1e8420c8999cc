using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TokenIssuer.Tests.Redis;

/// <summary>Stands between a node and Redis, and can swallow everything or lead elsewhere.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Task _accepting;
    private int _target;
    private volatile bool _isBlackHole;

    public TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Nothing gets through, in either direction, and nobody is told: sockets stay open, new ones are accepted.</summary>
    public void Swallow() => _isBlackHole = true;

    /// <summary>New connections get through again; what was opened before stays dead, as after a lost NAT entry.</summary>
    public void Heal() => _isBlackHole = false;

    /// <summary>Leads to another Redis, and cuts whoever is connected to the old one.</summary>
    public void SwitchTo(int target)
    {
        _target = target;
        foreach (var client in _clients)
        {
            client.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _clients.Add(client);
                _ = CarryAsync(client);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var upstream = new TcpClient();
        _clients.Add(upstream);
        try
        {
            await upstream.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            var link = new Link();
            await Task.WhenAny(PumpAsync(client, upstream, link), PumpAsync(upstream, client, link));
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // Either side has left.
        }
        finally
        {
            client.Close();
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Link link)
    {
        var buffer = new byte[64 * 1024];
        var (source, target) = (from.GetStream(), to.GetStream());
        int count;
        while ((count = await source.ReadAsync(buffer, _stop.Token)) > 0)
        {
            link.IsDead |= _isBlackHole;
            if (!link.IsDead)
            {
                await target.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
    }

    private sealed class Link
    {
        public volatile bool IsDead;
    }
}
