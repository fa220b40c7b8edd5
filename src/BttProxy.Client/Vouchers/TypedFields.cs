using System.Globalization;
using System.Text.Json;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Vouchers;

/// <summary>Reads the fields of a typed-data JSON object; every fault is a <see cref="FormatException"/> that names the field.</summary>
internal readonly struct TypedFields
{
    public static readonly UInt128 UInt40 = (UInt128.One << 40) - 1;

    private readonly JsonElement _element;

    public TypedFields(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{name} is not a JSON object");
        }

        _element = element;
    }

    public TypedFields Object(string name) => new(Field(name), name);

    public string Text(string name) =>
        Field(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw new FormatException($"{name} is not a string");

    public void Require(string name, string value)
    {
        if (Text(name) != value)
        {
            throw new FormatException($"domain.{name} is not \"{value}\", so this is no signature for the channel contract");
        }
    }

    /// <summary>A decimal string, or a JSON number without fraction and exponent.</summary>
    public UInt128 Integer(string name, UInt128 maximum)
    {
        var field = Field(name);
        var text = field.ValueKind switch
        {
            JsonValueKind.String => field.GetString(),
            JsonValueKind.Number => field.GetRawText(),
            _ => null,
        };
        return UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= maximum
            ? value
            : throw new FormatException($"{name} is not a whole number from 0 to {maximum}");
    }

    public TronAddress Address(string name) =>
        TronAddress.TryParse(Text(name), out var address) ? address : throw new FormatException($"{name} is not a TRON address (T...)");

    public TronAddress? OptionalAddress(string name) => _element.TryGetProperty(name, out _) ? Address(name) : null;

    public Bytes32 Bytes32(string name) =>
        Hex(name) is { Length: 32 } bytes ? new Bytes32(bytes) : throw new FormatException($"{name} is not 32 bytes of hexadecimal");

    public byte[] Hex(string name)
    {
        var text = Text(name);
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text;
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            throw new FormatException($"{name} is not hexadecimal");
        }
    }

    private JsonElement Field(string name) =>
        _element.TryGetProperty(name, out var field) ? field : throw new FormatException($"the field {name} is missing");
}
