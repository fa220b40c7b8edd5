using System.Net;
using System.Security.Cryptography;
using System.Text;
using BttProxy.Protocol;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Relays;

public sealed class RelayRecordTests
{
    private const long Seq = 1_795_400_000_123;

    private static readonly SignedRelayRecord Signed = SignedRelayRecord.Create(Samples.Identity, Samples.Record(), Seq);

    [Fact]
    public void Record_HasFrozenBytes()
    {
        Assert.Equal(
            "dc001801ce6b03a140cd0e10929304c404cb007107cd01bb9306c41020010db8000000000000000000000007cd20fbaf7777772e657861"
            + "6d706c652e6f7267c4201111111111111111111111111111111111111111111111111111111111111111c4202222222222222222222222"
            + "222222222222222222222222222222222222222222c414c48b812bb43401392c037381aca934f4069c0517c4410627cfa473b6e96c3a86"
            + "adb939f802f72524666334b9749aa3ff7c1e5a1b78b74ff695ebfc1bbba910677dff8e2990a81a0cc4654553999e704530e6accdc9ad1b"
            + "cd7a69c41408cce972553640b4e593b96addb0b4453b44479ac414032017411f4663b317fe77c257d28d5cd1b26e3dc410000000000000"
            + "0000000000000003d090cd1388c41000000000000000008ac7230489e80000c41000000000000000000de0b6b3a7640000ce00040000ce"
            + "01000000110a19a24445c420333333333333333333333333333333333333333333333333333333333333333391c4204444444444444444"
            + "444444444444444444444444444444444444444444444444", Convert.ToHexStringLower(Signed.Value.Span));
        Assert.True(Signed.Value.Length < 450);
    }

    [Fact]
    public void SignedRecord_HasFrozenBytes()
    {
        var bytes = Signed.Encode();
        Assert.Equal(
            "55c906d7e6d0083f76f613ebf5f5a7a6eabfdf4e9992d43b16ca2b8955c118a5",
            Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(Samples.Identity.Id.Value.ToArray(), bytes[..32]);
        Assert.Equal("000001a2", Convert.ToHexStringLower(bytes, 32, 4));
        Assert.True(SignedRelayRecord.TryDecode(bytes, out var decoded));
        Assert.Equal(Signed, decoded);
    }

    [Fact]
    public void GoodRecord_ComesBackWithItsAuthorizer()
    {
        Assert.True(Signed.TryVerify(out var record, out var reason));
        Assert.Equal(RecordRejection.None, reason);
        Assert.Equal(Samples.Authorizer.Address, record.PayeeAuthorizer);
        var expected = Samples.Record();
        Assert.Equal(expected.Endpoints.AsEnumerable(), record.Endpoints);
        Assert.Equal(expected.Neighbours.AsEnumerable(), record.Neighbours);
        Assert.Equal(
            expected with { Endpoints = record.Endpoints, Neighbours = record.Neighbours, PayeeAuthorizer = Samples.Authorizer.Address },
            record);
        Assert.Equal(new Bytes32(SHA256.HashData(Signed.Value.Span)), Signed.RecordHash);
    }

    [Fact]
    public void Signature_IsThatOfBep44()
    {
        var item = (byte[])[.. Encoding.ASCII.GetBytes($"4:salt2:r13:seqi{Seq}e1:v{Signed.Value.Length}:"), .. Signed.Value.Span];
        Assert.True(RelayIdentity.Verify(Signed.Id, item, Signed.Signature.Span));
    }

    [Fact]
    public void BytesOrSeqOrSignerChanged_IsABadSignature()
    {
        var value = Signed.Value.ToArray();
        value[40] ^= 1;
        Rejected(Signed with { Value = value }, RecordRejection.BadSignature);
        Rejected(Signed with { Seq = Seq + 1 }, RecordRejection.BadSignature);
        Rejected(Signed with { Seq = -1 }, RecordRejection.BadSignature);
        Rejected(Signed with { Signature = Signed.Signature[1..] }, RecordRejection.BadSignature);
        Rejected(Signed with { Id = new RelayId(Samples.Repeat(9)) }, RecordRejection.BadSignature);
    }

    [Fact]
    public void EmptyOrTooLongValue_IsTooLarge()
    {
        Rejected(Signed with { Value = default }, RecordRejection.TooLarge);
        Rejected(Signed with { Value = new byte[997] }, RecordRejection.TooLarge);
    }

    [Fact]
    public void UnknownVersion_IsNamed()
    {
        var value = Signed.Value.ToArray();
        Assert.Equal(ProtocolConstants.RecordVersion, value[3]);
        value[3] = 2;
        Rejected(Resign(value), RecordRejection.UnsupportedVersion);
    }

    [Fact]
    public void TrailingMissingOrRespelledBytes_AreMalformed()
    {
        var value = Signed.Value.ToArray();
        Rejected(Resign([.. value, 0xC0]), RecordRejection.Malformed);
        Rejected(Resign(value[..^1]), RecordRejection.Malformed);
        Rejected(Resign([.. value[..3], 0xCC, .. value[3..]]), RecordRejection.Malformed);
        Rejected(Resign([0x90]), RecordRejection.Malformed);
        Rejected(Resign([0xC0]), RecordRejection.Malformed);
    }

    [Fact]
    public void PayeeOfAnotherRelay_GetsAnotherAuthorizerNeverTheRealOne()
    {
        // Somebody copies payee and binding into a record of his own identity.
        using var thief = RelayIdentity.FromSeed(Samples.Repeat(0x66).Span);
        var stolen = SignedRelayRecord.Create(thief, Samples.Record(), Seq);
        Assert.True(stolen.TryVerify(out var record, out _));
        Assert.NotEqual(Samples.Authorizer.Address, record.PayeeAuthorizer);
    }

    [Fact]
    public void InvalidBinding_IsRefused()
    {
        var record = Samples.Record() with { Binding = default };
        Assert.Throws<ArgumentException>(() => SignedRelayRecord.Create(Samples.Identity, record, Seq));
        Rejected(Resign(RelayRecordCodec.Encode(record)), RecordRejection.BadBinding);
    }

    [Fact]
    public void FieldsOutOfRange_CannotBePublished()
    {
        var good = Samples.Record();
        RelayRecord[] bad =
        [
            good with { Endpoints = [] },
            good with { Endpoints = [.. Enumerable.Repeat(good.Endpoints[0], 5)] },
            good with { Neighbours = [.. Enumerable.Repeat(good.Neighbours[0], 9)] },
            good with { ServerName = "a b" },
            good with { ServerName = new string('a', 254) },
            good with { Region = "\u001b[31m" },
            good with { TimeToLive = 0 },
            good with { WindowFloor = ByteCount.Zero },
            good with { WindowCeiling = new ByteCount(1) },
            good with { Load = 101 },
            good with { IssuedAt = 1UL << 40 },
        ];
        foreach (var record in bad)
        {
            Assert.Throws<ArgumentException>(() => SignedRelayRecord.Create(Samples.Identity, record, Seq));
        }

        var full = good with { Neighbours = [.. Enumerable.Repeat(good.Neighbours[0], 8)], ServerName = new string('a', 253) };
        Assert.True(SignedRelayRecord.Create(Samples.Identity, full, Seq).Value.Length <= ProtocolConstants.MaxRecordValueLength);
    }

    [Fact]
    public void Endpoint_NeedsAnAddressAndAPort()
    {
        Assert.Throws<ArgumentException>(() => new RelayEndpoint(IPAddress.Loopback, 0));
        Assert.Throws<ArgumentException>(() => new RelayEndpoint(IPAddress.Loopback, 65536));
        Assert.Throws<ArgumentException>(() => new RelayEndpoint(IPAddress.Parse("fe80::1%3"), 443));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3599, true)]
    [InlineData(3600, false)]
    [InlineData(-600, true)]
    [InlineData(-601, false)]
    public void Freshness_EndsWithTheTimeToLive(int age, bool fresh) =>
        Assert.Equal(fresh, Samples.Record().IsFresh((ulong)(1_795_400_000L + age)));

    [Fact]
    public void DamagedRecords_NeverThrow()
    {
        var good = Signed.Value.ToArray();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 2]).Sample((position, value, kind) =>
        {
            byte[] damaged = kind switch
            {
                0 => [.. good[..position], value, .. good[(position + 1)..]],
                1 => [.. good[..position], value, .. good[position..]],
                _ => good[..position],
            };
            if (RelayRecordCodec.TryDecode(damaged, out var record) == RecordRejection.None)
            {
                Assert.Equal(damaged, RelayRecordCodec.Encode(record!));
            }

            SignedRelayRecord.TryDecode(damaged, out _);
        });
        Gen.Byte.Array[0, 64].Sample(bytes => Assert.NotEqual(RecordRejection.None, RelayRecordCodec.TryDecode(bytes, out _)));
    }

    private static SignedRelayRecord Resign(byte[] value)
    {
        var item = (byte[])[.. Encoding.ASCII.GetBytes($"4:salt2:r13:seqi{Seq}e1:v{value.Length}:"), .. value];
        return new SignedRelayRecord(Samples.Identity.Id, Seq, value, Samples.Identity.Sign(item));
    }

    private static void Rejected(SignedRelayRecord record, RecordRejection expected)
    {
        Assert.False(record.TryVerify(out var decoded, out var reason));
        Assert.Null(decoded);
        Assert.Equal(expected, reason);
    }
}
