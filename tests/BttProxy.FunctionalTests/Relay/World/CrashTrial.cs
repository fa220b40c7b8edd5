using BttProxy.FunctionalTests.Processes;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>
/// Kills a relay's process while a client pays it as fast as it can, starts it again on the same state, and asks what it remembers.
/// </summary>
internal sealed class CrashTrial(MarketWorld world, string name)
{
    private const string Program = "bttproxy-relay";
    private const int Step = 16 * 1024;

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TokenAmount Reserve = TokenAmount.FromBtt(10);

    /// <summary>What one crash cost.</summary>
    /// <param name="Acknowledged">The highest amount the relay said it had accepted.</param>
    /// <param name="Remembered">What it knows after the restart.</param>
    /// <param name="Vouchers">Vouchers acknowledged before the crash.</param>
    /// <param name="UnpaidBytes">Bytes received and not paid when the relay died: what the crash can cost the relay.</param>
    /// <param name="Window">The client's window at that time.</param>
    internal sealed record Outcome(TokenAmount Acknowledged, TokenAmount Remembered, int Vouchers, long UnpaidBytes, long Window);

    public async Task<Outcome> RunAsync(int killAfterVouchers, CancellationToken cancellationToken)
    {
        var network = Path.Combine(world.Directory, "network.json");
        await File.WriteAllBytesAsync(network, world.Network.ToJson(), cancellationToken);
        RelayCustomer customer;
        int vouchers;
        VoucherAnswer last;
        await using (var relay = Start(network))
        {
            customer = await RelayCustomer.CreateAsync(world, await RecordAsync(relay, cancellationToken), Reserve, cancellationToken);
            await customer.OpenAsync(Reserve, cancellationToken);
            (last, vouchers) = await PayUntilDeadAsync(relay, customer, killAfterVouchers, cancellationToken);
        }

        using (customer)
        {
            await using var again = Start(network);
            using var returning = customer.At(await RecordAsync(again, cancellationToken));
            var opened = await returning.OpenAsync(Reserve, cancellationToken);
            var unpaid = customer.Received - customer.Account.PaidBytes(last.AcceptedTotal).Value;
            return new Outcome(last.AcceptedTotal, opened.BaseAmount, vouchers, Math.Max(0, unpaid), last.Window.Value);
        }
    }

    private async Task<(VoucherAnswer Last, int Vouchers)> PayUntilDeadAsync(
        ChildProgram relay, RelayCustomer customer, int killAfterVouchers, CancellationToken cancellationToken)
    {
        var last = new VoucherAnswer(default, default, default, default, default, null);
        var vouchers = 0;
        var kill = Task.CompletedTask;
        try
        {
            for (var offset = 0L; ; offset = (offset + Step) % (world.Content.Info.Length - Step))
            {
                await customer.ReadAsync(world.InfoHash, offset, Step, payEvery: 0, cancellationToken);
                var answer = await customer.PayAsync(customer.VoucherFor(customer.Received), cancellationToken);
                if (answer.Code != VoucherRejection.Accepted)
                {
                    throw new InvalidOperationException($"An honest voucher was refused: {answer.Code}.");
                }

                (last, vouchers) = (answer, vouchers + 1);
                if (vouchers == killAfterVouchers)
                {
                    // Beside the next vouchers: the signal arrives at any point of one.
                    kill = relay.SignalAsync("KILL", cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            await kill;
            return (last, vouchers);
        }
    }

    private static async Task<SignedRelayRecord> RecordAsync(ChildProgram relay, CancellationToken cancellationToken)
    {
        var line = await relay.LineAsync("relay ", StartDeadline, cancellationToken);
        var admin = line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim();
        using var http = new HttpClient(new SocketsHttpHandler());
        var bytes = await http.GetByteArrayAsync(new Uri(admin + "/record"), cancellationToken);
        return SignedRelayRecord.TryDecode(bytes, out var record) ? record : throw new InvalidOperationException("The relay's record cannot be read.");
    }

    private ChildProgram Start(string network) => ChildProgram.Start(
        Program, "--preset", "devnet", "--network", network, "--state", Path.Combine(world.Directory, name));
}
