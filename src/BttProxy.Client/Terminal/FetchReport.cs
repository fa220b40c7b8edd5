using System.Text;
using BttProxy.Client.Fetching;

namespace BttProxy.Client.Terminal;

/// <summary>What <c>bttproxy fetch</c> prints at the end. Amounts in JSON are text: they do not fit a JSON number's precision.</summary>
internal static class FetchReport
{
    public static string ToJson(DownloadResult result) => JsonLine.Of(
        new
        {
            InfoHash = result.InfoHash.ToString(),
            result.Name,
            result.Bytes,
            result.FetchedBytes,
            Sha256 = result.Digests?.Content,
            Files = result.Digests?.Files,
            Seconds = Math.Round(result.Duration.TotalSeconds, 3),
            Paid = result.Paid.ToString(),
            Relays = result.Relays.Select(static use => new
            {
                Id = use.Relay.ToString(),
                Price = use.Price.ToString(),
                use.Bytes,
                Paid = use.Paid.ToString(),
                Reason = use.Reason.ToString(),
                use.Detail,
            }),
        });

    public static string ToText(DownloadResult result, string directory)
    {
        var text = new StringBuilder();
        text.Append(result.Name).Append(": ").Append(Units.Bytes(result.Bytes)).Append(" complete and verified in ").AppendLine(directory);
        if (result.FetchedBytes == 0)
        {
            return text.Append("Everything was here already; nothing was fetched or paid.").ToString();
        }

        var rate = result.FetchedBytes / Math.Max(0.001, result.Duration.TotalSeconds);
        text.Append("Fetched ").Append(Units.Bytes(result.FetchedBytes))
            .Append(" in ").Append(Units.Duration(result.Duration))
            .Append(" (").Append(Units.Bytes(rate)).Append("/s), paid ").Append(result.Paid.ToBtt()).Append('.');
        foreach (var use in result.Relays.Where(static use => use.Bytes > 0))
        {
            text.AppendLine().Append("  ").Append(RelayPool.Short(use.Relay)).Append("  ").Append(Units.Bytes(use.Bytes))
                .Append(" at ").Append(use.Price.ToBtt()).Append(", paid ").Append(Units.Btt(use.Paid)).Append(", ").Append(use.Reason);
        }

        return text.ToString();
    }
}
