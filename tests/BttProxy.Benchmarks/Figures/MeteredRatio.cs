using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using BttProxy.BitTorrent;
using BttProxy.Client.Tunnels;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Protocol.Relays;
using TunnelOptions = BttProxy.Client.Tunnels.TunnelOptions;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Content over TLS and HTTP/2 with token, session, meter and vouchers, against the same YARP route to the same worker without them.
/// Both in one process with the client, taken in turns. Each turn is held against its neighbour of the other kind and the median of these
/// ratios counts: the machine's own speed moves by more from minute to minute than the two differ, and the best of each kind falls in
/// different minutes.
/// </summary>
internal sealed class MeteredRatio : IFigure
{
    private const int ContentBytes = 256 << 20;
    private const int Streams = 2;
    private const int WarmUpVouchers = 5_000;

    // Turns of about half a second: long enough to level out the scheduler, short enough that the machine is the same for both of a pair.
    private const int Rounds = 40;
    private const double Budget = 0.95;

    private static readonly TokenAmount Reserve = new(UInt128.MaxValue >> 24);

    public string Name => "metered-ratio";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var world = await MarketWorld.StartAsync(ContentBytes, cancellationToken);
        var options = world.RelayOptions("relay");
        await using var relay = await world.StartRelayAsync(options, cancellationToken);
        await using var bare = await UnmeteredGateway.StartAsync(options, cancellationToken);
        using var customer = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, cancellationToken);
        await customer.OpenAsync(Reserve, cancellationToken);
        using var http = Connect(customer.Record, bare.EndPoint);

        // Fills the relay's cache, opens the window, warms the byte path.
        for (var i = 0; i < 3; i++)
        {
            await PaidAsync(world, customer, cancellationToken);
            await BareAsync(world, http, bare.EndPoint, cancellationToken);
        }

        await WarmVouchersAsync(customer, cancellationToken);
        var (metered, unmetered, ratios) = (new double[Rounds], new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            // Alternating order, so that neither always follows the other's garbage.
            if (round % 2 == 0)
            {
                unmetered[round] = await BareAsync(world, http, bare.EndPoint, cancellationToken);
            }

            metered[round] = await PaidAsync(world, customer, cancellationToken);
            if (round % 2 == 1)
            {
                unmetered[round] = await BareAsync(world, http, bare.EndPoint, cancellationToken);
            }

            ratios[round] = metered[round] / unmetered[round];
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round + 1}: paid {metered[round]:f0} MB/s, bare {unmetered[round]:f0} MB/s, ratio {ratios[round]:f3}"));
        }

        var ratio = Median(ratios);
        return new Figure
        {
            Name = Name,
            Value = Math.Round(Median(metered), 1),
            Unit = "MB/s",
            Reference = "the same YARP route without token, session, meter and vouchers",
            ReferenceValue = Math.Round(Median(unmetered), 1),
            Ratio = Math.Round(ratio, 3),
            Budget = "ratio >= 0.95",
            Pass = ratio >= Budget,
        };
    }

    private static double Median(double[] values) => values.Order().Skip((values.Length - 1) / 2).Take(2 - (values.Length % 2)).Average();

    private static HttpMessageInvoker Connect(RelayRecord record, IPEndPoint endPoint)
    {
        var guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true });
        var bareRecord = record with { Endpoints = [new RelayEndpoint(endPoint.Address, endPoint.Port)] };
        return new HttpMessageInvoker(new PinnedHandler(bareRecord, guard, new TunnelOptions()).Create(2));
    }

    /// <summary>
    /// A download of this size needs 64 vouchers, and the runtime compiles their path in earnest only after thousands; without this the
    /// figure would be that of a relay's first minute. The bytes are paid ahead, by less than a window.
    /// </summary>
    private static async Task WarmVouchersAsync(RelayCustomer customer, CancellationToken cancellationToken)
    {
        for (var i = 0; i < WarmUpVouchers; i++)
        {
            customer.Received += 1_000;
            var answer = await customer.PayAsync(customer.VoucherFor(customer.Received), cancellationToken);
            ThrowIfRefused(answer);
        }
    }

    private static void ThrowIfRefused(VoucherAnswer answer)
    {
        if (answer.Code != VoucherRejection.Accepted)
        {
            throw new InvalidOperationException($"An honest voucher was refused: {answer.Code}.");
        }
    }

    private static Task<double> BareAsync(MarketWorld world, HttpMessageInvoker http, IPEndPoint endPoint, CancellationToken cancellationToken) =>
        MeasureAsync(world, _ => { }, async (offset, length) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://localhost:{endPoint.Port}/c/{world.InfoHash}")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
            return await http.SendAsync(request, cancellationToken);
        }, cancellationToken);

    private static async Task<double> PaidAsync(MarketWorld world, RelayCustomer customer, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var payer = new VoucherPump(customer);
        var paying = payer.RunAsync(done.Token);
        var rate = await MeasureAsync(
            world, payer.Received, (offset, length) => customer.GetContentAsync(world.InfoHash, offset, length, cancellationToken), cancellationToken);
        await done.CancelAsync();
        await paying;
        await payer.PayRestAsync(cancellationToken);
        return rate;
    }

    private static async Task<double> MeasureAsync(
        MarketWorld world, Action<int> received, Func<long, int, Task<HttpResponseMessage>> get, CancellationToken cancellationToken)
    {
        var length = (int)(world.Content.Info.Length / Streams);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(async stream =>
        {
            var buffer = new byte[64 * 1024];
            using var response = await get((long)stream * length, length);
            await using var body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken);
            for (var left = length; left > 0;)
            {
                var read = await body.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                {
                    throw new InvalidOperationException("A response ended early.");
                }

                left -= read;
                received(read);
            }
        }));
        return (double)length * Streams / 1_000_000 / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Pays beside the download, one voucher at a time, by the rule of the real client.</summary>
    private sealed class VoucherPump(RelayCustomer customer) : IDisposable
    {
        private readonly SemaphoreSlim _due = new(0, 1);
        private long _received = customer.Received;
        private long _paid = customer.Received;
        private long _worthAVoucher = PayerRules.WorthAVoucher(customer.Session.Window, TimeSpan.MaxValue).Value;

        public void Received(int bytes)
        {
            if (Interlocked.Add(ref _received, bytes) - Volatile.Read(ref _paid) >= Volatile.Read(ref _worthAVoucher) && _due.CurrentCount == 0)
            {
                Signal();
            }
        }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                while (true)
                {
                    await _due.WaitAsync(cancellationToken);
                    var received = Interlocked.Read(ref _received);
                    if (received - _paid >= _worthAVoucher)
                    {
                        await PayAsync(received, CancellationToken.None);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The download is over.
            }
        }

        public void Dispose() => _due.Dispose();

        private void Signal()
        {
            try
            {
                _due.Release();
            }
            catch (SemaphoreFullException)
            {
                // Both streams saw that a voucher is due.
            }
        }

        public async Task PayRestAsync(CancellationToken cancellationToken)
        {
            await PayAsync(_received, cancellationToken);
            customer.Received = _received;
        }

        private async Task PayAsync(long received, CancellationToken cancellationToken)
        {
            var sentAt = Stopwatch.GetTimestamp();
            var answer = await customer.PayAsync(customer.VoucherFor(received), cancellationToken);
            ThrowIfRefused(answer);
            Volatile.Write(ref _paid, received);
            Volatile.Write(ref _worthAVoucher, PayerRules.WorthAVoucher(answer.Window, Stopwatch.GetElapsedTime(sentAt)).Value);
        }
    }
}
