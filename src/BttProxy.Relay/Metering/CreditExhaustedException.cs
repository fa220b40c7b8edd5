namespace BttProxy.Relay.Metering;

/// <summary>
/// Stops the copy of a response whose session found no credit in time. It never reaches a client: the response ends as if it were complete,
/// and the client goes on by <c>Range</c> after it has paid.
/// </summary>
internal sealed class CreditExhaustedException() : IOException("The session has no credit left.");
