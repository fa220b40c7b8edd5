using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using Xunit;
using static BttProxy.UnitTests.Ledger.LedgerSamples;

namespace BttProxy.UnitTests.Ledger;

public abstract partial class RelayLedgerSuite
{
    [Fact]
    public async Task OpeningFee_IsKeptUntilItsOwnEnd()
    {
        Assert.Null(await Ledger.FindOpeningFeeAsync(Id("a"), Cancelled));
        var first = new OpeningFee(Terms("a"), new TokenAmount(100), new TokenAmount(2), Voucher("a", 7), 77);
        var larger = first with { Reserved = new TokenAmount(200), Voucher = Voucher("a", 12), Base = new TokenAmount(7) };
        await Ledger.SaveOpeningFeeAsync(first, Cancelled);
        Assert.Equal(first, await Ledger.FindOpeningFeeAsync(Id("a"), Cancelled));

        await Ledger.SaveOpeningFeeAsync(larger, Cancelled);
        await Ledger.RemoveOpeningFeeAsync(first, Cancelled);
        Assert.Equal(larger, Assert.Single(await Ledger.OpeningFeesAsync(Cancelled)));
        await Ledger.RemoveOpeningFeeAsync(larger, Cancelled);
        Assert.Empty(await Ledger.OpeningFeesAsync(Cancelled));
    }
}
