using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

internal sealed partial class DhtMaintenance
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "DHT state file {Path} cannot be read, starting without it: {Reason}")]
    private partial void LogStateUnreadable(string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "DHT state file {Path} cannot be written; check directory and permissions: {Reason}")]
    private partial void LogStateUnwritable(string path, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of DHT maintenance failed; the next one follows.")]
    private partial void LogMaintenanceFailed(Exception exception);
}
