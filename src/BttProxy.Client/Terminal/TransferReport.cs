using BttProxy.Client.Torrents;

namespace BttProxy.Client.Terminal;

/// <summary>What <c>bttproxy torrent get</c> prints at the end.</summary>
internal static class TransferReport
{
    public static string ToJson(TransferResult result)
    {
        var cost = ProcessCost.Now();
        return JsonLine.Of(new
        {
            InfoHash = result.Info.InfoHash.ToString(),
            result.Info.Name,
            result.Info.Length,
            Complete = result.IsComplete,
            Seconds = Seconds(result.Duration),
            MetadataSeconds = Seconds(result.Metadata),
            FirstByteSeconds = result.FirstByte is { } first ? Seconds(first) : (double?)null,
            Bytes = result.Totals.UsefulBytes,
            MegabytesPerSecond = Math.Round(result.Rate / 1e6, 3),
            result.Totals.DuplicateBytes,
            result.Totals.HashFailedBytes,
            result.Totals.UploadedBytes,
            result.Peers,
            cost.CpuSeconds,
            cost.PeakMebibytes,
        });
    }

    public static string ToText(TransferResult result, string directory)
    {
        var state = result.IsComplete ? $"{Units.Bytes(result.Info.Length)} complete and verified" : "what was read is verified";
        return result.Totals.UsefulBytes == 0
            ? $"{result.Info.Name}: {state} in {directory}; everything was here already."
            : $"{result.Info.Name}: {state} in {directory}; {Units.Bytes(result.Totals.UsefulBytes)} in {Units.Duration(result.Duration)} "
                + $"({Units.Bytes(result.Rate)}/s) from {result.Peers} peers.";
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 4);
}
