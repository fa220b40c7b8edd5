using Microsoft.Extensions.Logging;

namespace BttProxy.Discovery.Caching;

public sealed partial class RelayCache
{
    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The relay cache {Path} cannot be used because {Reason}. Starting without it; it will be written anew.")]
    private partial void LogUnreadable(string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The relay cache {Path} cannot be written because {Reason}. Known relays will have to be found again next time.")]
    private partial void LogUnwritable(string path, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The relay cache {Path} holds {Relays} relays and {Bans} bans; {Dropped} of them are not valid.")]
    private partial void LogRead(string path, int relays, int bans, int dropped);
}
