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
            ["tunnel.publicEndPoints"], RelayOptionsValidator.Problems(new RelayOptions()).Select(static problem => problem.Key));

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

        Assert.Equal(
            ["tunnel.siteDirectory", "backup.directory", "credit.windowCeilingBytes", "offer.payee", "admin.listen"],
            problems.Select(static problem => problem.Key));
        Assert.All(problems, static problem => Assert.False(string.IsNullOrEmpty(problem.Remedy)));
        Assert.Equal("backup.directory: the directory '/no/such/backup' does not exist. Make it, mount its volume, or name the right directory.", $"{problems[1]}");
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
    [InlineData(1_000_000, null, "cache.maxBytes: 1000000 is out of range. Choose a value from 33554432 to 1125899906842624.")]
    [InlineData(1L << 51, null, "cache.maxBytes: 2251799813685248 is out of range. Choose a value from 33554432 to 1125899906842624.")]
    [InlineData(1L << 30, 2L << 30, "cache.maxBytesPerTorrent: 2147483648 is above cache.maxBytes, which is 1073741824. Lower it, or raise the other.")]
    public void CacheBudgets_AreWithinEachOtherAndReason(long maxBytes, long? perTorrent, string? problem)
    {
        var options = new RelayOptions { Cache = new CacheOptions { MaxBytes = maxBytes, MaxBytesPerTorrent = perTorrent } };
        options.Tunnel.Listen = new IPEndPoint(IPAddress.Loopback, 0);
        Assert.Equal(problem is null ? [] : [problem], RelayOptionsValidator.Problems(options).Select(static p => p.ToString()));
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
                "chain.maxFeeTrx: 0 is out of range. Choose a value from 1 to 15000.",
                "settlement.maxFeePercent: 101 is out of range. Choose a value from 1 to 100.",
                "settlement.tokensPerTrx: 0 would mean that fees cost nothing. Write what a TRX is worth to you, or leave it out if fees shall not be looked at.",
                "chain.nodes[0].fullNode: 'grpc.example.org:50051' is no address of a node. Write http://host:port or https://host:port.",
            ],
            RelayOptionsValidator.Problems(options).Select(static problem => problem.ToString()));
    }

    [Fact]
    public void MoreNodesThanThereAre_CannotAgree()
    {
        var options = new RelayOptions
        {
            Chain = new ChainOptions
            {
                Nodes = [new ChainNodeOptions { FullNode = "http://grpc.example.org:50051", SolidityNode = "http://grpc.example.org:50052" }],
                Agreement = 2,
            },
        };
        options.Tunnel.Listen = new IPEndPoint(IPAddress.Loopback, 0);

        Assert.Equal("chain.agreement", Assert.Single(RelayOptionsValidator.Problems(options)).Key);
    }
}
