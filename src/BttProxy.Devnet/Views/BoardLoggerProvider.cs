namespace BttProxy.Devnet.Views;

/// <summary>Shows the parts' warnings on the board, where they do not tear the live view.</summary>
internal sealed class BoardLoggerProvider(DemoBoard board) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new BoardLogger(board);

    public void Dispose()
    {
        // The board belongs to the demo.
    }

    private sealed class BoardLogger(DemoBoard board) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                board.Tell($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : $" ({exception.Message})")}");
            }
        }
    }
}
