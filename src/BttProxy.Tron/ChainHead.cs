namespace BttProxy.Tron;

/// <param name="Number">The newest block.</param>
/// <param name="Solidified">The newest block that can no longer be undone; state is read there.</param>
/// <param name="Timestamp">Time of the newest block. The contract's deadlines and delays run on this clock.</param>
public sealed record ChainHead(ulong Number, ulong Solidified, DateTimeOffset Timestamp);
