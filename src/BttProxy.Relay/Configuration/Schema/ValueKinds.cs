using System.Globalization;
using System.Net;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>The kind that a property's type stands for.</summary>
internal static class ValueKinds
{
    private const string AmountPattern = @"^(\d{1,39}|\d+(\.\d{1,18})? BTT)$";
    private const string Unit = " BTT";

    private static readonly Dictionary<Type, ValueKind> Known = new()
    {
        [typeof(bool)] = new BooleanKind(),
        [typeof(int)] = new NumberKind<int>(bytes: false),
        [typeof(long)] = new NumberKind<long>(bytes: false),
        [typeof(string)] = new TextKind<string>("text", "\"some text\"", null, ParseText, static text => text),
        [typeof(TimeSpan)] = new TextKind<TimeSpan>(
            "a duration", "\"00:00:15\" (hh:mm:ss), \"15 s\", \"10 min\", \"2 h\" or \"7 d\"", DurationText.Pattern, DurationText.TryParse, DurationText.Format),
        [typeof(TimeOnly)] = new TextKind<TimeOnly>("a time of day", "\"22:00\"", @"^([01]\d|2[0-3]):[0-5]\d$", ParseTime, FormatTime),
        [typeof(IPEndPoint)] = new TextKind<IPEndPoint>(
            "an address and port", "\"127.0.0.1:8443\" or \"[::]:443\"", @"^.+:\d{1,5}$", ParseEndPoint, static value => value.ToString()),
        [typeof(TokenAmount)] = new TextKind<TokenAmount>(
            "an amount of the token", "\"1.5 BTT\" or \"1500000000000000000\" (smallest units)", AmountPattern, ParseAmount, static value => value.ToString()),
        [typeof(PricePerMegabyte)] = new TextKind<PricePerMegabyte>(
            "a price per megabyte", "\"0.01 BTT\" or \"10000000000000000\" (smallest units)", AmountPattern, ParsePrice, static value => value.ToString()),
    };

    private static readonly Dictionary<Type, ValueKind> Bytes = new()
    {
        [typeof(int)] = new NumberKind<int>(bytes: true),
        [typeof(long)] = new NumberKind<long>(bytes: true),
    };

    /// <returns>Null for a type that is no single value.</returns>
    public static ValueKind? Of(Type type, bool bytes) =>
        type.IsEnum ? new ChoiceKind(type) : (bytes ? Bytes : Known).GetValueOrDefault(type);

    private static bool ParseText(string text, out string value)
    {
        value = text;
        return true;
    }

    private static bool ParseTime(string text, out TimeOnly value) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    private static string FormatTime(TimeOnly value) => value.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static bool ParseEndPoint(string text, out IPEndPoint value)
    {
        // The library takes an address without a port, and a number alone for an IPv4 address.
        var port = text.LastIndexOf(':');
        var complete = port > 0 && (text[0] == '[' ? text[port - 1] == ']' : text.IndexOf(':', StringComparison.Ordinal) == port && text.Count(static c => c == '.') == 3);
        return IPEndPoint.TryParse(text, out value!) && complete;
    }

    private static bool ParseAmount(string text, out TokenAmount value) => text.EndsWith(Unit, StringComparison.Ordinal)
        ? TokenAmount.TryParseBtt(text.AsSpan(0, text.Length - Unit.Length), out value)
        : TokenAmount.TryParse(text, out value);

    private static bool ParsePrice(string text, out PricePerMegabyte value)
    {
        var read = ParseAmount(text, out var amount);
        value = new PricePerMegabyte(amount.Units);
        return read;
    }
}
