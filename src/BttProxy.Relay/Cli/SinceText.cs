using System.Globalization;

namespace BttProxy.Relay.Cli;

/// <summary>When something is to begin: "36h", "7d", or a date or time in UTC.</summary>
internal static class SinceText
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset since)
    {
        if (text.Length > 1 && text[^1] is 'h' or 'd'
            && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            var hours = (long)number * (text[^1] == 'd' ? 24 : 1);
            var known = hours <= (now - DateTimeOffset.UnixEpoch).TotalHours;
            since = known ? now - TimeSpan.FromHours(hours) : default;
            return known;
        }

        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out since)
            && since >= DateTimeOffset.UnixEpoch;
    }
}
