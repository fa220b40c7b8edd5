using BttProxy.Protocol.Keys;
using Microsoft.Extensions.Logging;

namespace BttProxy.Discovery.Announcing;

public sealed partial class RelayAnnouncer
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Relay {RelayId} published record {Seq}; {Copies} DHT nodes hold it.")]
    private partial void LogPublished(RelayId relayId, long seq, int copies);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Relay {RelayId} announced itself; {Nodes} DHT nodes took it.")]
    private partial void LogAnnounced(RelayId relayId, int nodes);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "No DHT node stored the record of relay {RelayId}. Clients will not find it: check that UDP is open and the bootstrap addresses are right.")]
    private partial void LogNotStored(RelayId relayId);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The DHT holds a newer record of relay {RelayId} than this host wrote. Check the clock, and that the identity runs once only.")]
    private partial void LogOvertaken(RelayId relayId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Announcing relay {RelayId} failed; trying again in {Delay}.")]
    private partial void LogFailed(Exception exception, RelayId? relayId, TimeSpan delay);
}
