using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Policies;

/// <summary>What a hibernating relay says to whoever wants content or a session.</summary>
internal static class QuotaRefusal
{
    /// <param name="reason">Of the hibernation.</param>
    /// <param name="record">The relay's record, for a client that wants a session; null for content.</param>
    public static Refusal Of(string reason, byte[]? record) => new(
        RefusalCode.SessionRejected, $"Use another relay: {reason}.", SessionRejection.QuotaReached, null, record ?? []);
}
