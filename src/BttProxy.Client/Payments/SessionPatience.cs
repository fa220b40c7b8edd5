using BttProxy.Client.Fetching;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Messages;

namespace BttProxy.Client.Payments;

/// <summary>Asks a relay for a session until its channel is final on chain. What was authorised is stored: whoever is interrupted here goes on later.</summary>
internal sealed class SessionPatience(RelayTunnel tunnel, TimeProvider timeProvider, IProgress<ChainWait>? waits)
{
    /// <summary>A transaction that is lost is known to be after two minutes; the next one needs one more.</summary>
    private static readonly TimeSpan ForOpening = TimeSpan.FromMinutes(5);

    /// <summary>A deposit is in a block before the relay is asked, but its nodes may be some blocks behind ours.</summary>
    private static readonly TimeSpan ForDeposit = TimeSpan.FromSeconds(20);

    /// <summary>A relay that opens our channel may restart meanwhile.</summary>
    private static readonly TimeSpan ForSilence = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly long _start = timeProvider.GetTimestamp();
    private long? _lastPending;

    /// <param name="request">With a fresh proof each time; the relay takes none twice.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TunnelException">The relay refused, cannot be reached, or needs too long.</exception>
    public async Task<SessionOpened> OpenAsync(Func<OpenSession> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pause = Pause;
            var message = request();
            try
            {
                var reply = await tunnel.OpenSessionAsync(message, cancellationToken);
                if (reply.Opened is { } opened)
                {
                    return opened;
                }

                _lastPending = timeProvider.GetTimestamp();
                pause = Tell(reply.Pending!);
            }
            catch (TunnelException failure) when (message.Authorization is not null && MayPass(failure))
            {
                // Asked again below.
            }

            if (timeProvider.GetElapsedTime(_start) > ForOpening)
            {
                throw new TunnelException(
                    TunnelFault.TimedOut, $"the channel was not opened on TRON within {ForOpening.TotalMinutes:0} minutes; the next run asks for the same one");
            }

            await Task.Delay(pause, timeProvider, cancellationToken);
        }
    }

    private TimeSpan Tell(ChannelPending pending)
    {
        waits?.Report(new ChainWait(
            $"opening a channel with relay {RelayPool.Short(tunnel.Offer.Id)}", Math.Min(pending.Blocks, pending.BlocksNeeded), pending.BlocksNeeded));
        var wished = TimeSpan.FromSeconds(pending.RetryAfter);
        return wished < Pause ? Pause : wished > LongestPause ? LongestPause : wished;
    }

    private bool MayPass(TunnelException failure) => failure.Refusal?.Session == SessionRejection.DepositMissing
        ? timeProvider.GetElapsedTime(_start) < ForDeposit
        : _lastPending is { } last
            && failure.Fault is (TunnelFault.Unreachable or TunnelFault.ConnectionLost or TunnelFault.TimedOut)
            && timeProvider.GetElapsedTime(last) < ForSilence;
}
