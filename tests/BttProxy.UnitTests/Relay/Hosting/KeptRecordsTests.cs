using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Hosting;
using BttProxy.UnitTests.Discovery;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Hosting;

public sealed class KeptRecordsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 17, 0, 0, TimeSpan.Zero));
    private readonly TestRelay _relay;
    private readonly KeptRecords _kept;

    public KeptRecordsTests()
    {
        _relay = new TestRelay(_time);
        _kept = new KeptRecords(_time);
    }

    public void Dispose() => _relay.Dispose();

    [Fact]
    public void RecordThatIsNotOurs_IsNotFound()
    {
        _kept.Note(_relay.Sign());

        Assert.Null(_kept.Find(default));
    }

    [Fact]
    public void ReplacedRecord_IsHonouredAtItsOwnPrice_ForTheGrace()
    {
        var cheap = Note(100);
        _time.Advance(TimeSpan.FromHours(6));
        var dear = Note(200);

        Assert.Equal(new PricePerMegabyte(100), _kept.Find(cheap.RecordHash)?.Price);
        Assert.Equal(new PricePerMegabyte(200), _kept.Find(dear.RecordHash)?.Price);
        _time.Advance(KeptRecords.Grace);
        Assert.NotNull(_kept.Find(cheap.RecordHash));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_kept.Find(cheap.RecordHash));
        Assert.NotNull(_kept.Find(dear.RecordHash));
    }

    [Fact]
    public void RenewedRecord_IsHonouredAsLongAsItIsKept()
    {
        var first = Note(100);
        _time.Advance(TimeSpan.FromHours(1));
        Note(100);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.NotNull(_kept.Find(first.RecordHash));
    }

    [Fact]
    public void LookingAtTheSameRecordAgain_DoesNotReplaceIt()
    {
        var cheap = Note(100);
        _kept.Note(cheap);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.NotNull(_kept.Find(cheap.RecordHash));
    }

    [Fact]
    public void OtherFeeOrDeposit_AreOtherTermsToo()
    {
        var old = Note(100);
        _time.Advance(TimeSpan.FromMinutes(1));
        _relay.Record = _relay.Record with { OpenFee = new TokenAmount(5) };
        Note(100);
        _time.Advance(KeptRecords.Grace + TimeSpan.FromMinutes(1));

        Assert.Null(_kept.Find(old.RecordHash));
    }

    [Fact]
    public void ManyRecords_DoNotPileUp()
    {
        var first = Note(100);
        for (var i = 0; i < 20; i++)
        {
            Note(100);
        }

        Assert.Null(_kept.Find(first.RecordHash));
    }

    private SignedRelayRecord Note(ulong price)
    {
        _relay.Record = _relay.Record with { Price = new PricePerMegabyte(price), IssuedAt = _relay.Record.IssuedAt + 1 };
        _relay.Seq++;
        var signed = _relay.Sign();
        _kept.Note(signed);
        return signed;
    }
}
