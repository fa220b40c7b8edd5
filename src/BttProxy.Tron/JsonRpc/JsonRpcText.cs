using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace BttProxy.Tron.JsonRpc;

/// <summary>How JSON-RPC writes numbers and bytes, and what is said of answers that do neither.</summary>
internal static class JsonRpcText
{
    private const int LongestText = 200;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>A quantity: hexadecimal after 0x, as short as it can be.</summary>
    public static string Quantity(long value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    public static bool TryReadQuantity(JsonElement element, out long value)
    {
        value = 0;
        return TryReadText(element, out var text) && text.Length is > 2 and <= 18 && text.StartsWith("0x", StringComparison.Ordinal)
            && (text[2] != '0' || text.Length == 3)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0;
    }

    /// <summary>Bytes: two hexadecimal digits for each, after 0x.</summary>
    public static bool TryReadBytes(JsonElement element, int maxLength, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (!TryReadText(element, out var text) || !text.StartsWith("0x", StringComparison.Ordinal) || text.Length % 2 != 0
            || text.Length > 2 + (2 * maxLength) || text.AsSpan(2).ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        value = Convert.FromHexString(text.AsSpan(2));
        return true;
    }

    public static ChainException Nonsense(Uri url, string what, Exception? cause = null) =>
        new($"The JSON-RPC service {url} answers nonsense ({what}); name another one as \"jsonRpc\" in the network description.", isTransient: false, cause);

    public static JsonRpcRefusedException Refusal(JsonElement error)
    {
        var code = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number
            && number.TryGetInt32(out var known) ? known : -1;
        var text = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) && TryReadText(message, out var said)
            ? said
            : "no reason given";
        return new JsonRpcRefusedException(code, OneLine(text));
    }

    /// <summary>A stranger's text, fit for a terminal.</summary>
    public static string OneLine(string text) => new([.. text.Take(LongestText).Select(static c => char.IsControl(c) ? ' ' : c)]);

    /// <summary>False too for what is text by JSON's grammar only.</summary>
    public static bool TryReadText(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = element.GetString();
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate is no Unicode.
        }

        return text is not null;
    }
}
