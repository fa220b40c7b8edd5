using BttProxy.Protocol.Messages;

namespace BttProxy.Client.Payments;

/// <summary>A session whose terms were accepted.</summary>
/// <param name="Terms">The relay's answer.</param>
/// <param name="Channel">With the voucher that was adopted from it, if one was; the lock and key are the same as before.</param>
internal sealed record OpenedSession(SessionOpened Terms, LeasedChannel Channel);
