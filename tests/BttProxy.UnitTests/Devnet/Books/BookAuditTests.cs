using BttProxy.Devnet.Books;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Books;

public sealed class BookAuditTests
{
    private static readonly ByteCount Content = new(2_500_001);
    private static readonly PayerStatement Payer = new(new(1_000), new(500), new(0), new(474));

    /// <summary>2,500,001 bytes at 10 units per MB are 25.00001 units: owed is 26.</summary>
    private static readonly RelayStatement Relay = new()
    {
        Name = "one",
        RelayId = default,
        Price = new PricePerMegabyte(10),
        Delivered = Content + new ByteCount(70_000),
        Forgiven = new ByteCount(70_000),
        Paid = new(26),
        Claimed = new(26),
        Signed = new(26),
        ClaimedOnChain = new(26),
        PayeeBefore = new(7),
        PayeeAfter = new(33),
    };

    public static TheoryData<string, object> OneUnitOff => new()
    {
        { "paid less than owed", Relay with { Delivered = Relay.Delivered + new ByteCount(100_000) } },
        { "paid more than owed", Relay with { Paid = new(27) } },
        { "signed more than the relay holds", Relay with { Signed = new(27) } },
        { "not everything claimed", Relay with { Claimed = new(25) } },
        { "claim that is not on the chain", Relay with { ClaimedOnChain = new(25) } },
        { "payee got less than claimed", Relay with { PayeeAfter = new(32) } },
        { "less delivered than the content", Relay with { Delivered = Relay.Delivered - new ByteCount(1) } },
    };

    [Fact]
    public void SourcesThatAgree_Balance()
    {
        var idle = new RelayStatement { Name = "idle", RelayId = default, Price = new PricePerMegabyte(99), PayeeBefore = new(5), PayeeAfter = new(5) };
        Assert.All(BookAudit.Check(Payer, [Relay, idle], Content), check => Assert.True(check.Holds, check.Statement));
    }

    [Theory]
    [MemberData(nameof(OneUnitOff), DisableDiscoveryEnumeration = true)]
    public void OneFigureThatDiffers_DoesNotBalance(string situation, object relay)
    {
        Assert.NotEmpty(situation);
        Assert.Contains(BookAudit.Check(Payer, [(RelayStatement)relay], Content), check => !check.Holds);
    }

    [Fact]
    public void PayerWhoLostAUnit_DoesNotBalance() =>
        Assert.Contains(BookAudit.Check(Payer with { WalletAfter = new(499) }, [Relay], Content), check => !check.Holds);

    [Fact]
    public void Report_WritesAmountsAsStringsAndBytesAsNumbers()
    {
        var report = DemoReport.Create("ab", "ab", Content, TimeSpan.FromSeconds(1.5), [Relay], BookAudit.Check(Payer, [Relay], Content));
        using var json = System.Text.Json.JsonDocument.Parse(report.ToJson());
        var root = json.RootElement;

        Assert.True(report.Succeeded);
        Assert.Equal(
            ["contentSha256", "contentOk", "bytes", "seconds", "relays", "booksBalance"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(2_500_001, root.GetProperty("bytes").GetInt64());
        Assert.Equal(1.5, root.GetProperty("seconds").GetDouble());
        Assert.True(root.GetProperty("relays")[0].GetProperty("booksBalance").GetBoolean());
        Assert.Equal("26", root.GetProperty("relays")[0].GetProperty("claimed").GetString());
        Assert.Equal("10", root.GetProperty("relays")[0].GetProperty("pricePerMegabyte").GetString());
        Assert.Equal(Content.Value + 70_000, root.GetProperty("relays")[0].GetProperty("bytesDelivered").GetInt64());
    }

    [Fact]
    public void WrongContent_NeverSucceeds() =>
        Assert.False(DemoReport.Create("ab", "cd", Content, TimeSpan.Zero, [Relay], BookAudit.Check(Payer, [Relay], Content)).Succeeded);
}
