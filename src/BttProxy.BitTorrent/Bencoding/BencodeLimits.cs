namespace BttProxy.BitTorrent.Bencoding;

/// <summary>Bounds of one parse, checked before anything is allocated.</summary>
public sealed record BencodeLimits
{
    public static BencodeLimits Default { get; } = new();

    /// <summary>Lists and dictionaries inside each other. Real messages stay below 10. Default: 100.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Values in total, keys not counted; bounds memory at about 100 bytes each. Default: 1,048,576.</summary>
    public int MaxValues { get; init; } = 1 << 20;

    /// <summary>
    /// Takes dictionaries whose keys are out of order, which some writers send; raw bytes stay as received, and
    /// double keys are refused all the same. Default: false.
    /// </summary>
    public bool AllowUnsortedKeys { get; init; }
}
