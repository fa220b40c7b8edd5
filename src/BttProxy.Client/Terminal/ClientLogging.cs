using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.Client.Terminal;

/// <summary>Logs go to standard error, and only where BTTPROXY_DEBUG is set.</summary>
internal static class ClientLogging
{
    public static ILoggerFactory Create(ClientTerminal terminal) => terminal.Variable("BTTPROXY_DEBUG") is null
        ? NullLoggerFactory.Instance
        : LoggerFactory.Create(static logging => logging
            .SetMinimumLevel(LogLevel.Debug)
            .AddSimpleConsole()
            .AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace));
}
