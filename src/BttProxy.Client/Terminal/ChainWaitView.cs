using BttProxy.Client.Wallets;

namespace BttProxy.Client.Terminal;

/// <summary>Says on standard error what a command waits for: at once, and then every few seconds.</summary>
internal sealed class ChainWaitView(TextWriter writer, TimeProvider timeProvider) : IProgress<ChainWait>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(9);

    private string? _what;
    private long _toldAt;

    public void Report(ChainWait value)
    {
        if (_what != value.What)
        {
            writer.WriteLine($"{value}. Interrupting loses nothing: the same command goes on with it.");
        }
        else if (timeProvider.GetElapsedTime(_toldAt) >= Interval)
        {
            writer.WriteLine(value);
        }
        else
        {
            return;
        }

        (_what, _toldAt) = (value.What, timeProvider.GetTimestamp());
    }
}
