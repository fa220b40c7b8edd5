using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;

namespace BttProxy.FunctionalTests.Client;

/// <summary>The credit of one session at a test relay, by the protocol's own rules.</summary>
internal sealed class TestSession(SessionOpened opened, ChannelAccount account)
{
    private readonly Lock _gate = new();
    private CreditWindow _credit = CreditWindow.Start(opened.Window, opened.WindowCeiling);
    private TaskCompletionSource _paid = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SessionAccount Arithmetic { get; } = new(opened.Price, opened.BaseAmount, opened.Outstanding);

    public SessionOpened Opened { get; } = opened;

    public ChannelAccount Account { get; } = account;

    public long Delivered => _credit.Delivered.Value;

    public ByteCount Window => _credit.Size;

    /// <summary>Takes the account's best voucher over; returns the paid bytes.</summary>
    public long Pay()
    {
        TaskCompletionSource paid;
        lock (_gate)
        {
            _credit = _credit.Pay(ByteCount.Max(_credit.Paid, Arithmetic.PaidBytes(Account.Accepted)));
            paid = _paid;
            _paid = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        paid.SetResult();
        return _credit.Paid.Value;
    }

    /// <summary>Waits until so many bytes are covered, and counts them.</summary>
    public async Task CreditAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task paid;
            lock (_gate)
            {
                if (_credit.Available >= new ByteCount(count))
                {
                    _credit = _credit.Deliver(new ByteCount(count));
                    return;
                }

                paid = _paid.Task;
            }

            await paid.WaitAsync(cancellationToken);
        }
    }
}
