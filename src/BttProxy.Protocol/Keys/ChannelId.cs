namespace BttProxy.Protocol.Keys;

/// <summary>The typed-data hash of a channel's terms in the contract's domain.</summary>
public readonly record struct ChannelId(Bytes32 Value)
{
    public static bool TryParse(ReadOnlySpan<char> text, out ChannelId id)
    {
        var parsed = Bytes32.TryParse(text, out var value);
        id = new ChannelId(value);
        return parsed;
    }

    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static ChannelId Parse(ReadOnlySpan<char> text) => new(Bytes32.Parse(text));

    public override string ToString() => Value.ToString();
}
