using System.Net;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using Xunit;

namespace BttProxy.UnitTests.Relay.Configuration;

public sealed class RelayOptionsValidatorTests
{
    [Fact]
    public void Defaults_AskOnlyForTheAddressToPublish() =>
        Assert.Equal(
            ["Tunnel.PublicEndPoints must name the address that clients dial when Tunnel.Listen is a wildcard."],
            RelayOptionsValidator.Problems(new RelayOptions()));

    [Fact]
    public void SeveralProblems_AreReportedTogetherByFullName()
    {
        var options = new RelayOptions();
        options.Tunnel.Listen = new IPEndPoint(IPAddress.Loopback, 0);
        options.Admin.Listen = new IPEndPoint(IPAddress.Any, 9464);
        options.Credit.WindowCeilingBytes = options.Credit.WindowFloorBytes - 1;
        options.Offer.Payee = "nobody";
        options.Tunnel.SiteDirectory = "/no/such/site";
        options.Backup.Directory = "/no/such/backup";

        var problems = RelayOptionsValidator.Problems(options);

        Assert.Equal(5, problems.Count);
        Assert.Contains(problems, p => p.StartsWith("Backup.Directory '/no/such/backup' does not exist", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("Admin.Listen must be a loopback address", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("Credit.WindowCeilingBytes", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("Offer.Payee 'nobody'", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("Tunnel.SiteDirectory '/no/such/site'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.0.0.0:6881", "[::]:0", true)]
    [InlineData("[::]:6881", "[::1]:0", false)]
    [InlineData("0.0.0.0:6881", "127.0.0.1:0", false)]
    public void SwarmListenAddresses_AreOneOfEachFamily(string listen, string second, bool valid)
    {
        var options = new RelayOptions();
        options.Tunnel.Listen = new IPEndPoint(IPAddress.Loopback, 0);
        options.Worker.SwarmListen = IPEndPoint.Parse(listen);
        options.Worker.SwarmListenIPv6 = IPEndPoint.Parse(second);
        Assert.Equal(valid, RelayOptionsValidator.Problems(options).Count == 0);
    }

    [Theory]
    [InlineData(1L << 40, null, null)]
    [InlineData(32L << 20, 16L << 20, null)]
    [InlineData(1_000_000, null, "Cache.MaxBytes must be between 33554432 and 1125899906842624, not 1000000.")]
    [InlineData(1L << 51, null, "Cache.MaxBytes must be between 33554432 and 1125899906842624, not 2251799813685248.")]
    [InlineData(1L << 30, 2L << 30, "Cache.MaxBytesPerTorrent must be between 16777216 and 1073741824, not 2147483648.")]
    public void CacheBudgets_AreWithinEachOtherAndReason(long maxBytes, long? perTorrent, string? problem)
    {
        var options = new RelayOptions { Cache = new CacheOptions { MaxBytes = maxBytes, MaxBytesPerTorrent = perTorrent } };
        options.Tunnel.Listen = new IPEndPoint(IPAddress.Loopback, 0);
        Assert.Equal(problem is null ? [] : [problem], RelayOptionsValidator.Problems(options));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1L << 40, true)]
    [InlineData(-1, false)]
    public void SpaceThatStaysFree_IsNotNegative(long minFreeBytes, bool valid)
    {
        var options = new RelayOptions { Cache = new CacheOptions { MinFreeBytes = minFreeBytes } };
        options.Tunnel.Listen = new IPEndPoint(IPAddress.Loopback, 0);
        Assert.Equal(valid, RelayOptionsValidator.Problems(options).Count == 0);
    }

    [Fact]
    public void ChainAndFees_AreChecked()
    {
        var options = new RelayOptions
        {
            Chain = new ChainOptions
            {
                Nodes = [new ChainNodeOptions { FullNode = "grpc.example.org:50051", SolidityNode = "http://grpc.example.org:50052" }],
                Agreement = 2,
                MaxFeeTrx = 0,
            },
            Settlement = new SettlementOptions { TokensPerTrx = TokenAmount.Zero, MaxFeePercent = 101 },
        };
        options.Tunnel.Listen = new IPEndPoint(IPAddress.Loopback, 0);

        Assert.Equal(
            [
                "Chain.Nodes: 'grpc.example.org:50051' must be http://host:port or https://host:port.",
                "Chain.Agreement is 2, but Chain.Nodes has only 1.",
                "Chain.MaxFeeTrx must be between 1 and 15000, not 0.",
                "Settlement.TokensPerTrx must be above 0; leave it out if fees shall not be looked at.",
                "Settlement.MaxFeePercent must be between 1 and 100, not 101.",
            ],
            RelayOptionsValidator.Problems(options));
    }
}
