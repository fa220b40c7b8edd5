namespace BttProxy.Relay.Worker;

internal enum ByteRangeResult
{
    /// <summary>No usable range: 200 with everything.</summary>
    Whole,

    /// <summary>206 with the range.</summary>
    Partial,

    /// <summary>416: nothing of the content is in the range.</summary>
    Unsatisfiable,
}
