namespace BttProxy.Tron.Node;

/// <summary>Milliseconds since 1970, as TRON counts.</summary>
internal static class Timestamps
{
    /// <summary>The last that fits into a <see cref="DateTimeOffset"/>.</summary>
    public const long Latest = 253_402_300_799_999;
}
