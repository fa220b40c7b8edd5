using System.Globalization;
using BttProxy.Tron;

namespace BttProxy.Client.Terminal;

/// <summary>Says on standard error how far the search for the wallet's channels is: when it begins to take long, and then every few seconds.</summary>
internal sealed class ChainSearchView(TextWriter writer, TimeProvider timeProvider) : IProgress<ChannelSearchProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // A short search is over before anybody wonders.
    private static readonly TimeSpan FirstWord = TimeSpan.FromSeconds(1);

    // Some hundred requests: a minute, where the network does not say from which block on the contract is there.
    private const long ManyBlocks = 3_000_000;

    private readonly Lock _gate = new();
    private long? _toldAt;
    private bool _hasSpoken;

    public void Report(ChannelSearchProgress value)
    {
        lock (_gate)
        {
            _toldAt ??= timeProvider.GetTimestamp();
            var isLast = value.Searched == value.Total && _hasSpoken;
            if (!isLast && timeProvider.GetElapsedTime(_toldAt.Value) < (_hasSpoken ? Interval : FirstWord))
            {
                return;
            }

            if (!_hasSpoken && value.Total > ManyBlocks)
            {
                writer.WriteLine("This chain is long: \"startBlock\" in the network description's \"chain\" part, the block that deployed the contract, makes the search short.");
            }

            var percent = value.Searched * 100 / value.Total;
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"looking for channels on TRON: {percent} % of {value.Total} blocks, {value.Found} {(value.Found == 1 ? "event" : "events")} found"));
            (_toldAt, _hasSpoken) = (timeProvider.GetTimestamp(), true);
        }
    }
}
