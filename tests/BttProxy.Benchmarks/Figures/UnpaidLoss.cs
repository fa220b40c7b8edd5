using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Money;

namespace BttProxy.Benchmarks.Figures;

/// <summary>Bytes that a client which never pays got from a relay, over several responses and a second session, against its window.</summary>
internal sealed class UnpaidLoss : IFigure
{
    private const int Responses = 4;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    public string Name => "unpaid-loss";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var world = await MarketWorld.StartAsync(8 << 20, cancellationToken);
        var options = world.RelayOptions("relay");
        options.Credit.CreditWait = TimeSpan.FromSeconds(2);
        await using var relay = await world.StartRelayAsync(options, cancellationToken);
        using var customer = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, cancellationToken);
        var window = (await customer.OpenAsync(Reserve, cancellationToken)).Window.Value;
        var got = 0L;
        for (var session = 0; session < 2; session++)
        {
            var parts = await Task.WhenAll(Enumerable.Range(0, Responses).Select(i =>
                customer.ReadAsync(world.InfoHash, i << 20, 1 << 20, payEvery: 0, cancellationToken)));
            got += parts.Sum(p => (long)p.Length);
            await customer.OpenAsync(Reserve, cancellationToken);
        }

        return new Figure
        {
            Name = Name,
            Value = got,
            Unit = "bytes",
            Reference = "the client's credit window",
            ReferenceValue = window,
            Ratio = Math.Round((double)got / window, 3),
            Budget = "<= 1 window",
            Pass = got > 0 && got <= window,
        };
    }
}
