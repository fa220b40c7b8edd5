using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Doctor;
using BttProxy.Relay.Hosting;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>Each part of a relay is broken in turn, and the examination names it and how to mend it.</summary>
public sealed class DoctorTests : IAsyncLifetime
{
    private readonly ShiftedClock _clock = new();
    private MarketWorld _world = null!;
    private RelayOptions _options = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await MarketWorld.StartAsync(1 << 18, Token);
        _options = _world.RelayOptions("relay");
        _options.NetworkFile = Path.Combine(_world.Directory, "network.json");
        await DescribeAsync(_world.Network);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task HealthyRelay_HasNothingToMend()
    {
        await using var relay = await StartFindableAsync();

        var report = await ExamineAsync();
        var run = await OperatorRun.RunAsync(Token, "doctor", "--state", _options.StateDirectory, "--network", _options.NetworkFile!);

        Assert.All(report.Findings, static finding => Assert.True(finding.Verdict == Verdict.Ok, finding.ToString()));
        Assert.Equal(
            ["configuration", "keys", "ledger", "disk", "chain", "contract", "clock", "fees", "dht", "record", "port", "certificate", "site"],
            report.Findings.Select(static finding => finding.Step));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("Nothing is wrong.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoppedRelay_IsExaminedAndLeftAsItIs()
    {
        await (await _world.StartRelayAsync(_options, Token)).DisposeAsync();
        var before = Files();

        var report = await ExamineAsync();

        Assert.True(report.Healthy);
        Assert.False(report.Running);
        Assert.Equal(Verdict.Skipped, Of(report, "certificate").Verdict);
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task BeforeTheFirstStart_NothingIsMade()
    {
        var report = await ExamineAsync();

        Assert.True(report.Healthy);
        Assert.Equal(Verdict.Warn, Of(report, "keys").Verdict);
        Assert.False(Directory.Exists(_options.StateDirectory));
    }

    [Fact]
    public async Task WrongOption_IsNamed()
    {
        _options.Tunnel.Region = "nowhere";

        AssertFails(await ExamineAsync(), "configuration", "tunnel.region");
    }

    [Fact]
    public async Task NoConfiguration_FailsTheCommand()
    {
        var run = await OperatorRun.RunAsync(Token, "doctor", "--config", Path.Combine(_world.Directory, "nothing.json"), "--json");

        Assert.Equal((int)RelayExitCode.Unhealthy, run.ExitCode);
        Assert.False(run.Json.GetProperty("healthy").GetBoolean());
    }

    [Theory]
    [InlineData("missing", "missing:")]
    [InlineData("damaged", "cannot be read:")]
    [InlineData("open", "others than the owner may use")]
    public async Task BadKey_IsNamed(string how, string expected)
    {
        await (await _world.StartRelayAsync(_options, Token)).DisposeAsync();
        var path = Path.Combine(_options.StateDirectory, RelayKeys.PayeeKeyFile);
        switch (how)
        {
            case "missing":
                File.Delete(path);
                break;
            case "damaged":
                await File.WriteAllTextAsync(path, "short", Token);
                break;
            default:
                Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such modes");
                OpenToOthers(path);
                break;
        }

        var finding = AssertFails(await ExamineAsync(), "keys", expected);
        Assert.Contains(RelayKeys.PayeeKeyFile, finding.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysKeptElsewhere_AreFound()
    {
        await (await _world.StartRelayAsync(_options, Token)).DisposeAsync();
        _options.KeysDirectory = Directory.CreateDirectory(Path.Combine(_world.Directory, "keys")).FullName;
        File.Move(Path.Combine(_options.StateDirectory, RelayKeys.PayeeKeyFile), Path.Combine(_options.KeysDirectory, RelayKeys.PayeeKeyFile));

        Assert.Equal(Verdict.Ok, Of(await ExamineAsync(), "keys").Verdict);
    }

    [Fact]
    public async Task DamagedLedger_IsNamed()
    {
        await (await _world.StartRelayAsync(_options, Token)).DisposeAsync();
        var path = Path.Combine(_options.StateDirectory, RelayRoles.LedgerFile);
        await using (var file = File.OpenWrite(path))
        {
            file.Position = 4096;
            file.Write(new byte[8192]);
        }

        AssertFails(await ExamineAsync(), "ledger", "");
    }

    [Fact]
    public async Task LedgerHeldByAnother_IsNamed()
    {
        await (await _world.StartRelayAsync(_options, Token)).DisposeAsync();
        await using var held = await RelayLedger.OpenAsync(
            Path.Combine(_options.StateDirectory, RelayRoles.LedgerFile), TimeProvider.System, null, Token);

        AssertFails(await ExamineAsync(), "ledger", "another process holds it");
    }

    [Fact]
    public async Task NoSpace_IsNamed()
    {
        _options.Cache.MinFreeBytes = 1L << 49;

        AssertFails(await ExamineAsync(), "disk", "below cache.minFreeBytes");
    }

    [Fact]
    public async Task NodeOut_IsNamed()
    {
        _world.Devnet.Host.Front.IsOut = true;

        var report = await ExamineAsync();

        AssertFails(report, "chain", "");
        Assert.Equal(Verdict.Skipped, Of(report, "contract").Verdict);
    }

    [Fact]
    public async Task OtherContract_IsNamed()
    {
        await DescribeAsync(_world.Network with { Contract = _world.Network.Token });

        AssertFails(await ExamineAsync(), "contract", "another contract is there");
    }

    [Fact]
    public async Task OtherChain_IsNamed()
    {
        await DescribeAsync(_world.Network with { ChainId = 7 });

        AssertFails(await ExamineAsync(), "contract", "the chain is not 7");
    }

    [Fact]
    public async Task OtherToken_IsNamed()
    {
        await (await _world.StartRelayAsync(_options, Token)).DisposeAsync();
        using var key = Secp256k1Key.Generate();
        await DescribeAsync(_world.Network with { Token = key.Address });

        AssertFails(await ExamineAsync(), "fees", "");
    }

    [Fact]
    public async Task WrongClock_IsNamed()
    {
        _clock.Shift = TimeSpan.FromMinutes(10);

        AssertFails(await ExamineAsync(), "clock", "after the newest block");
    }

    [Fact]
    public async Task SilentDht_IsNamed()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await DescribeAsync(_world.Network with { DhtBootstrap = [(IPEndPoint)silent.LocalEndPoint!] });

        AssertFails(await ExamineAsync(), "dht", "");
    }

    [Fact]
    public async Task RecordOfAnotherPrice_IsNamed()
    {
        await using (await StartFindableAsync())
        {
        }

        _options.Dht.Announce = false;
        _options.Offer.PricePerMegabyte = new Protocol.Money.PricePerMegabyte(5);
        await using var relay = await _world.StartRelayAsync(_options, Token);

        AssertFails(await ExamineAsync(), "record", "it says");
    }

    [Fact]
    public async Task UnreachableAddress_IsNamed()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _options.Tunnel.PublicEndPoints = [(IPEndPoint)closed.LocalEndPoint!];
        await using var relay = await _world.StartRelayAsync(_options, Token);

        AssertFails(await ExamineAsync(), "port", "is not reached");
    }

    [Fact]
    public async Task PrivateAddress_IsNamedWhereTheNetworkIsPublic()
    {
        await using var relay = await _world.StartRelayAsync(_options, Token);
        await DescribeAsync(_world.Network with { AllowPrivateAddresses = false });

        AssertFails(await ExamineAsync(), "port", "which nobody outside can dial");
    }

    [Fact]
    public async Task PortOfAnotherProgram_IsNamed()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        _options.Tunnel.Listen = (IPEndPoint)other.LocalEndPoint!;

        AssertFails(await ExamineAsync(), "port", "tunnel.listen");
    }

    [Fact]
    public async Task OtherCertificate_IsNamed()
    {
        await using var relay = await _world.StartRelayAsync(_options, Token);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllBytesAsync(Path.Combine(_options.StateDirectory, "tls-key"), key.ExportPkcs8PrivateKey(), Token);

        AssertFails(await ExamineAsync(), "certificate", "its key is not");
    }

    [Fact]
    public async Task CertificateThatEndsSoon_IsNamed()
    {
        await using var relay = await _world.StartRelayAsync(_options, Token);
        _clock.Shift = TimeSpan.FromDays(350);

        var finding = Of(await ExamineAsync(), "certificate");

        Assert.Equal(Verdict.Warn, finding.Verdict);
        Assert.Contains("Restart the relay", finding.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiteWithoutAPage_IsNamed()
    {
        _options.Tunnel.SiteDirectory = Directory.CreateDirectory(Path.Combine(_world.Directory, "site")).FullName;
        await using var relay = await _world.StartRelayAsync(_options, Token);

        var finding = Of(await ExamineAsync(), "site");

        Assert.Equal(Verdict.Warn, finding.Verdict);
        Assert.Contains("index.html", finding.Mend, StringComparison.Ordinal);
    }

    private static void OpenToOthers(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }
    }

    private static Finding Of(DoctorReport report, string step) => Assert.Single(report.Findings, finding => finding.Step == step);

    private static Finding AssertFails(DoctorReport report, string step, string found)
    {
        var finding = Of(report, step);
        Assert.True(finding.Verdict == Verdict.Fail, finding.ToString());
        Assert.False(report.Healthy);
        Assert.Contains(found, finding.Found, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Mend!);
        return finding;
    }

    private Task<DoctorReport> ExamineAsync() => new Examination(_options, _clock).RunAsync(Token);

    private async Task<RelayHost> StartFindableAsync()
    {
        var relay = await _world.StartRelayAsync(_options, Token);
        while (Of(await ExamineAsync(), "record").Verdict != Verdict.Ok)
        {
            await Task.Delay(200, Token);
        }

        return relay;
    }

    private Task DescribeAsync(NetworkDescription network) => File.WriteAllBytesAsync(_options.NetworkFile!, network.ToJson(), Token);

    private string[] Files() => [.. Directory.EnumerateFiles(_options.StateDirectory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
