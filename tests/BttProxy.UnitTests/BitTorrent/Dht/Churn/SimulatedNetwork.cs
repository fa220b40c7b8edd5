using System.Collections.Concurrent;
using System.Net;

namespace BttProxy.UnitTests.BitTorrent.Dht.Churn;

/// <summary>Carries datagrams between addresses in 5 to 155 ms and loses one in fifty, and all to addresses where nobody is.</summary>
internal sealed class SimulatedNetwork(SimulatedTime time)
{
    private const int LossPercent = 2;

    private readonly ConcurrentDictionary<IPEndPoint, Action<byte[], IPEndPoint>> _receivers = [];
    private long _sent;

    public void Attach(IPEndPoint address, Action<byte[], IPEndPoint> receive) => _receivers[address] = receive;

    public void Detach(IPEndPoint address) => _receivers.TryRemove(address, out _);

    public void Send(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> datagram)
    {
        // A cheap hash of the packet's number: random enough, and the same in each run that sends alike.
        var dice = (uint)(Interlocked.Increment(ref _sent) * 2654435761) >> 8;
        if (dice % 100 < LossPercent || !_receivers.ContainsKey(to))
        {
            return;
        }
        var copy = datagram.ToArray();
        time.Schedule(TimeSpan.FromMilliseconds(5 + (dice % 151)), () =>
        {
            if (_receivers.TryGetValue(to, out var receive))
            {
                receive(copy, from);
            }
        });
    }
}
