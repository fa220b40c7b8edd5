using BttProxy.BitTorrent;
using BttProxy.Discovery.Finding;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Discovery;

public sealed class RecordCheckTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly TestRelay _relay;
    private readonly RecordCheck _check;

    public RecordCheckTests()
    {
        _relay = new TestRelay(_time);
        _check = Check(allowPrivate: true);
    }

    [Fact]
    public void GoodRecord_IsAccepted()
    {
        Assert.Equal(RecordVerdict.Accepted, _check.Judge(_relay.Sign(), null, out var record));
        Assert.Equal(_relay.Record.Payee, record!.PayeeAuthorizer);
    }

    [Fact]
    public void ChangedByte_IsBadSignature()
    {
        var signed = _relay.Sign();
        for (var i = 0; i < signed.Value.Length; i += 7)
        {
            var value = signed.Value.ToArray();
            value[i] ^= 1;

            AssertRejected(RecordVerdict.BadSignature, signed with { Value = value });
        }

        AssertRejected(RecordVerdict.BadSignature, signed with { Seq = signed.Seq + 1 });
        AssertRejected(RecordVerdict.BadSignature, signed with { Signature = new byte[64] });
        AssertRejected(RecordVerdict.BadSignature, signed with { Signature = new byte[3] });
    }

    [Fact]
    public void RecordUnderAnotherRelaysId_IsBadSignature()
    {
        using var other = new TestRelay(_time);

        AssertRejected(RecordVerdict.BadSignature, _relay.Sign() with { Id = other.Id });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(997)]
    [InlineData(100_000)]
    public void ValueNoItemCanHold_IsOversized(int length) =>
        AssertRejected(RecordVerdict.Oversized, _relay.Sign() with { Value = new byte[length] });

    [Fact]
    public void SignedGarbage_IsMalformedOrOfAnotherVersion()
    {
        AssertRejected(RecordVerdict.Malformed, SignRaw([0x93, 1, 2, 3]));
        AssertRejected(RecordVerdict.Malformed, SignRaw([0xff, 0xff]));
        AssertRejected(RecordVerdict.UnsupportedVersion, SignRaw([0x93, 2, 2, 3]));
    }

    [Fact]
    public void BindingThatNoKeyMade_IsBadBinding()
    {
        var value = _relay.Sign().Value.ToArray();
        var binding = value.AsSpan().IndexOf(_relay.Record.Binding.Span);
        value[binding + RecoverableSignature.Length - 1] = 29;

        AssertRejected(RecordVerdict.BadBinding, SignRaw(value));
    }

    [Fact]
    public void RecordOfAnotherMarket_IsRejectedByWhatDiffers()
    {
        AssertRejected(RecordVerdict.WrongChain, _relay.Sign(record => record with { ChainId = 100 }));
        AssertRejected(RecordVerdict.WrongContract, _relay.Sign(record => record with { Contract = TestRelay.Token }));
        AssertRejected(RecordVerdict.WrongToken, _relay.Sign(record => record with { Token = TestRelay.Contract }));
    }

    [Fact]
    public void TimeToLivePassed_IsExpired()
    {
        var signed = _relay.Sign();
        _time.Advance(TimeSpan.FromSeconds(3599));
        Assert.Equal(RecordVerdict.Accepted, _check.Judge(signed, null, out _));

        _time.Advance(TimeSpan.FromSeconds(1));
        AssertRejected(RecordVerdict.Expired, signed);
    }

    [Fact]
    public void EndlessTimeToLive_ExpiresAfterADay()
    {
        var signed = _relay.Sign(record => record with { TimeToLive = uint.MaxValue });

        _time.Advance(TimeSpan.FromHours(24));

        AssertRejected(RecordVerdict.Expired, signed);
    }

    [Theory]
    [InlineData(599, RecordVerdict.Accepted)]
    [InlineData(601, RecordVerdict.FromTheFuture)]
    public void ClockAhead_IsToleratedForTenMinutes(int seconds, RecordVerdict expected)
    {
        var issuedAt = _relay.Record.IssuedAt + (ulong)seconds;

        Assert.Equal(expected, _check.Judge(_relay.Sign(record => record with { IssuedAt = issuedAt }), null, out _));
    }

    [Fact]
    public void LastSecondThatARecordCanName_IsFromTheFuture() =>
        AssertRejected(RecordVerdict.FromTheFuture, _relay.Sign(record => record with { IssuedAt = (1UL << 40) - 1 }));

    [Fact]
    public void OlderThanTheKnownOne_IsReplayed()
    {
        var signed = _relay.Sign();

        Assert.Equal(RecordVerdict.Accepted, _check.Judge(signed, signed.Seq, out _));
        Assert.Equal(RecordVerdict.Replayed, _check.Judge(signed, signed.Seq + 1, out var record));
        Assert.Null(record);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("169.254.169.254")]
    [InlineData("fd00::1")]
    public void PrivateEndpointInAPublicNetwork_IsNoUsableEndpoint(string address)
    {
        using var relay = new TestRelay(_time, address);

        Assert.Equal(RecordVerdict.NoUsableEndpoint, Check(allowPrivate: false).Judge(relay.Sign(), null, out _));
    }

    public void Dispose() => _relay.Dispose();

    private RecordCheck Check(bool allowPrivate) =>
        new(TestRelay.Market, new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = allowPrivate }), new RelayFinderOptions(), _time);

    private void AssertRejected(RecordVerdict expected, SignedRelayRecord signed)
    {
        Assert.Equal(expected, _check.Judge(signed, null, out var record));
        Assert.Null(record);
    }

    private SignedRelayRecord SignRaw(byte[] value)
    {
        byte[] signedBytes = [.. System.Text.Encoding.ASCII.GetBytes($"4:salt2:r13:seqi{_relay.Seq}e1:v{value.Length}:"), .. value];
        return new SignedRelayRecord(_relay.Id, _relay.Seq, value, _relay.Identity.Sign(signedBytes));
    }
}
