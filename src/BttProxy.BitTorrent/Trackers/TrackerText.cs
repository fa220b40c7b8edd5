using System.Text;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>What a tracker says in words: a stranger's text, made fit for a log line.</summary>
internal static class TrackerText
{
    private const int MaxBytes = 200;

    public static string Read(ReadOnlySpan<byte> text) =>
        string.Concat(Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxBytes)]).Select(c => char.IsControl(c) ? ' ' : c));
}
