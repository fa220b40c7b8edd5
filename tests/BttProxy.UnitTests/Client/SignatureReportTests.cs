using System.Text;
using System.Text.Json.Nodes;
using BttProxy.Client;
using BttProxy.Client.Vouchers;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Client;

public class SignatureReportTests
{
    private const string ChannelHex = "0xae162b8d416e2c989228bf6fc80893f5fde44ba5fccc669780ed6a431fb74c01";

    // From the project's channel vectors, which an independent implementation made.
    private const string VoucherVector =
        """
        {"primaryType":"Voucher","domain":{"name":"BttChannels","version":"1","chainId":728126428,"verifyingContract":"TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEu"},
        "value":{"channelId":"0xae162b8d416e2c989228bf6fc80893f5fde44ba5fccc669780ed6a431fb74c01","epoch":0,"cumulativeAmount":"1"},
        "signer":"TCcoooT4kQxLWP9862tS36V7kR5WPH11rZ",
        "signature":"0x17b9f3ccbbba3927e9ae722cf4c1e72471e3cced3d706cb4b1e3ca5681ea061e5923791d8f4fbbe20d67c1da47483ee0614b22c808cf665225650fcd4201ccfc1c"}
        """;

    private const string ChannelVector =
        """
        {"primaryType":"Channel","domain":{"name":"BttChannels","version":"1","chainId":"728126428","verifyingContract":"TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEu"},
        "value":{"payer":"TQH8NPoT51QMp6QikWD2GfSUkTAoCuBAcq","signer":"TCcoooT4kQxLWP9862tS36V7kR5WPH11rZ","payee":"TK4BiavFmxFKRNNRhSjut7ftbZovLLbMRa",
        "payeeAuthorizer":"TKdss3gdxt9CinAJGSFSZFKxJagkhBmNuG","token":"TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4","withdrawDelay":3600,
        "salt":"0x7c78549b9a96c2b0f73091d535c36497ccad6d723d9b02594473a16ebe5c1474"},
        "signature":"0x8ff655b68e0fb768de7e18f6806ac6606bf863562899975c83cacfee085626ff0c03f235b1670aa6804e7f5f7d57a511acc2d8bc33096921eac2608783f2e1021c"}
        """;

    private static readonly ChannelDomain Domain = new(728126428, TronAddress.Parse("TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEu"));

    [Fact]
    public void GoodVoucher_IsAccepted()
    {
        var report = Report(VoucherVector);
        Assert.Equal(
            new SignatureReport("0x836c8fcd0ed6371765b6650ac8bd6c57173f3825093748395ad814a6a293a9ea", "TCcoooT4kQxLWP9862tS36V7kR5WPH11rZ", true, "Valid"),
            report);
        Assert.Equal(
            """{"digest":"0x836c8fcd0ed6371765b6650ac8bd6c57173f3825093748395ad814a6a293a9ea","signer":"TCcoooT4kQxLWP9862tS36V7kR5WPH11rZ","accepted":true,"code":"Valid"}""",
            report.ToJson());
    }

    [Fact]
    public void ChannelTerms_ValueSignerIsAField_NotWhoShouldHaveSigned()
    {
        var report = Report(ChannelVector);
        Assert.Equal((ChannelHex, "TQH8NPoT51QMp6QikWD2GfSUkTAoCuBAcq", true), (report.Digest, report.Signer, report.Accepted));
    }

    [Theory]
    [InlineData("OpenChannel", """{"channelId":"C","amount":"1000","epoch":3,"deadline":1790000000}""")]
    [InlineData("CooperativeClose", """{"channelId":"C","finalAmount":1000,"epoch":"3","deadline":"1790000000"}""")]
    [InlineData("SessionRequest", """{"channelId":"C","epoch":3,"recordHash":"C","pricePerMegabyte":"1000","timestamp":1790000000,"nonce":"C"}""")]
    public void EveryType_HasItsOwnDigest(string type, string value)
    {
        var channel = new ChannelId(Bytes32.Parse(ChannelHex));
        var digest = type switch
        {
            "OpenChannel" => new OpenChannel(channel, new TokenAmount(1000), 3, 1790000000).Digest(Domain),
            "CooperativeClose" => new CooperativeClose(channel, 3, new TokenAmount(1000), 1790000000).Digest(Domain),
            _ => new SessionRequest(channel, 3, channel.Value, new PricePerMegabyte(1000), 1790000000, channel.Value).Digest(Domain),
        };
        using var key = Secp256k1Key.Generate();
        var document = JsonNode.Parse(VoucherVector)!;
        document["primaryType"] = type;
        document["value"] = JsonNode.Parse(value.Replace("\"C\"", $"\"{ChannelHex}\"", StringComparison.Ordinal));
        document["signer"] = key.Address.ToString();
        document["signature"] = key.Sign(digest).ToString();
        Assert.Equal(new SignatureReport(digest.ToString(), key.Address.ToString(), true, "Valid"), Report(document.ToJsonString()));
    }

    [Theory]
    [InlineData(64, 0x00, "BadRecoveryId")]
    [InlineData(64, 0x1d, "BadRecoveryId")]
    [InlineData(32, 0xff, "SOutOfRange")]
    [InlineData(32, 0x80, "HighS")]
    [InlineData(0, 0xff, "SignerMismatch|NotRecoverable")]
    [InlineData(64, 0x1b, "SignerMismatch|NotRecoverable")]
    public void SpoiltSignature_IsNamed(int index, byte value, string codes)
    {
        var document = JsonNode.Parse(VoucherVector)!;
        var signature = Convert.FromHexString(((string)document["signature"]!)[2..]);
        signature[index] = value;
        if (codes == "SOutOfRange")
        {
            signature.AsSpan(32, 32).Fill(0xff);
        }

        document["signature"] = Convert.ToHexString(signature);
        var report = Report(document.ToJsonString());
        Assert.False(report.Accepted);
        Assert.Contains(report.Code, codes.Split('|'));
    }

    [Theory]
    [InlineData("0x")]
    [InlineData("0x1234")]
    public void ShortSignature_IsWrongLength(string signature)
    {
        var document = JsonNode.Parse(VoucherVector)!;
        document["signature"] = signature;
        var report = Report(document.ToJsonString());
        Assert.Equal((false, "WrongLength", null), (report.Accepted, report.Code, report.Signer));
    }

    [Theory]
    [InlineData("primaryType", "\"Permit\"")]
    [InlineData("signature", "\"0xzz\"")]
    [InlineData("signature", "7")]
    [InlineData("signer", "\"0x00\"")]
    [InlineData("value", "[]")]
    [InlineData("value", """{"channelId":"0x00","epoch":0,"cumulativeAmount":"1"}""")]
    [InlineData("value", """{"channelId":"C","epoch":-1,"cumulativeAmount":"1"}""")]
    [InlineData("value", """{"channelId":"C","epoch":0,"cumulativeAmount":"340282366920938463463374607431768211456"}""")]
    [InlineData("value", """{"channelId":"C","epoch":0,"cumulativeAmount":1.5}""")]
    [InlineData("value", """{"channelId":"C","epoch":0,"cumulativeAmount":1e3}""")]
    [InlineData("value", """{"channelId":"C","epoch":18446744073709551616,"cumulativeAmount":"1"}""")]
    [InlineData("domain", """{"name":"Other","version":"1","chainId":1,"verifyingContract":"TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEu"}""")]
    [InlineData("domain", """{"name":"BttChannels","version":"1","verifyingContract":"TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEu"}""")]
    public void HostileField_IsOneClearLine(string field, string value)
    {
        var document = JsonNode.Parse(VoucherVector)!;
        document[field] = JsonNode.Parse(value.Replace("\"C\"", $"\"{ChannelHex}\"", StringComparison.Ordinal));
        AssertRefused(document.ToJsonString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"signature":"0x","signature":"0x"}""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]")]
    public void NoDocument_IsOneClearLine(string json) => AssertRefused(json);

    [Fact]
    public void ArbitraryBytes_NeverCrash() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Assert.Throws<ClientException>(() => SignedDocument.Parse(bytes)), iter: 2000);

    [Fact]
    public void MutatedDocument_NeverCrashes()
    {
        var original = Encoding.UTF8.GetBytes(VoucherVector);
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Sample(
            (index, value) =>
            {
                var mutated = original.ToArray();
                mutated[index] = value;
                try
                {
                    _ = SignatureReport.For(SignedDocument.Parse(mutated));
                }
                catch (ClientException failure)
                {
                    Assert.Equal(ExitCode.BadInput, failure.ExitCode);
                }
            },
            iter: 2000);
    }

    private static SignatureReport Report(string json) => SignatureReport.For(SignedDocument.Parse(Encoding.UTF8.GetBytes(json)));

    private static void AssertRefused(string json)
    {
        var failure = Assert.Throws<ClientException>(() => Report(json));
        Assert.Equal(ExitCode.BadInput, failure.ExitCode);
        Assert.DoesNotContain('\n', failure.Message);
    }
}
