using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>
/// Anvil as a child process, where the environment names its program (tests/interop/contract/run does). It listens on loopback alone.
/// </summary>
public sealed class AnvilProcess : IDisposable
{
    public const string Variable = "BTTPROXY_ANVIL";

    private const ulong MainnetChainId = 728126428;

    private readonly Process? _process;
    private readonly HttpClient? _client;

    public AnvilProcess()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } program)
        {
            return;
        }

        var port = FreePort();
        _process = Process.Start(new ProcessStartInfo(
            program,
            ["--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--hardfork", "paris", "--silent",
             "--chain-id", MainnetChainId.ToString(CultureInfo.InvariantCulture), "--auto-impersonate", "--gas-price", "0", "--base-fee", "0",
             "--gas-limit", "60000000"]))!;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Evm = new AnvilEvm(_client, MainnetChainId);
    }

    /// <summary>Null where no anvil is.</summary>
    internal AnvilEvm? Evm { get; }

    public void Dispose()
    {
        _client?.Dispose();
        _process?.Kill();
        _process?.Dispose();
    }

    internal async Task WaitAsync()
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await Evm!.TimeAsync();
                return;
            }
            catch (HttpRequestException) when (i < 1_000)
            {
                await Task.Delay(10);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
