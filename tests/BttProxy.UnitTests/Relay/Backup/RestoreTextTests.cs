using System.Text.Json;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Cli;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class RestoreTextTests
{
    private static readonly RestoreReport Report = new(
        [
            Line(1, RestoreVerdict.Restored, TokenAmount.FromBtt(3), TokenAmount.FromBtt(2), withdrawAt: 1_795_400_000),
            Line(2, RestoreVerdict.AlreadyHeld, TokenAmount.FromBtt(5)),
            Line(3, RestoreVerdict.AboveReserved, TokenAmount.FromBtt(7)),
        ]);

    [Fact]
    public void EachVoucher_HasALineAndAllHaveASum()
    {
        var lines = RestoreText.Lines(Report, dryRun: false).TrimEnd().Split(Environment.NewLine);

        Assert.Equal(
            [
                $"restored {Entry(1, 1).Id}  2 BTT to claim; the payer can take it back from 2026-11-23 02:13:20Z: claim before",
                $"held     {Entry(2, 1).Id}  the ledger has as much",
                $"refused  {Entry(3, 1).Id}  7 BTT are more than the channel reserves",
                "Restored 1 vouchers worth 2 BTT; 1 held already, 1 refused.",
            ],
            lines);
    }

    [Fact]
    public void EveryVerdict_HasASentence() => Assert.All(
        Enum.GetValues<RestoreVerdict>(),
        verdict => Assert.DoesNotContain(
            $"  {verdict}", RestoreText.Lines(new RestoreReport([Line(1, verdict, TokenAmount.FromBtt(1))]), dryRun: true), StringComparison.Ordinal));

    [Fact]
    public void WithdrawalThatNobodyLivesToSee_IsPrinted() => Assert.Contains(
        "9999-12-31", RestoreText.Lines(new RestoreReport([Line(1, RestoreVerdict.Restored, TokenAmount.Zero, withdrawAt: ulong.MaxValue)]), false),
        StringComparison.Ordinal);

    [Fact]
    public void Json_HasAmountsAsStrings()
    {
        var sources = new[] { new BackupReader.Source("DHT", [Entry(1, 1)], []), new BackupReader.Source("/mnt", [], ["/mnt: gone"]) };

        using var json = JsonDocument.Parse(RestoreText.Json(Report, sources, dryRun: true));

        Assert.True(json.RootElement.GetProperty("dryRun").GetBoolean());
        Assert.Equal("2000000000000000000", json.RootElement.GetProperty("value").GetString());
        Assert.Equal("/mnt: gone", json.RootElement.GetProperty("sources")[1].GetProperty("problems")[0].GetString());
        var voucher = json.RootElement.GetProperty("vouchers")[2];
        Assert.Equal(("aboveReserved", "7000000000000000000"), (voucher.GetProperty("verdict").GetString(), voucher.GetProperty("cumulative").GetString()));
    }

    private static RestoreReport.Line Line(
        int channel, RestoreVerdict verdict, TokenAmount cumulative, TokenAmount value = default, ulong? withdrawAt = null) =>
        new(Entry(channel, 1).Id, verdict, cumulative, value, withdrawAt);
}
