using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>Sums a batch's earnings by hour in memory and adds them to the table once per commit.</summary>
internal sealed class HourlyTally(DbConnection connection, TimeProvider time) : IDisposable
{
    public static readonly long MillisecondsPerHour = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private readonly Dictionary<long, Sums> _batch = [];

    private readonly Statement _read = new(connection, "SELECT amount, vouchers, delivered, claimed FROM earning WHERE hour = @0");

    private readonly Statement _write = new(connection, """
        INSERT INTO earning (hour, amount, vouchers, delivered, claimed) VALUES (@0, @1, @2, @3, @4)
        ON CONFLICT (hour) DO UPDATE SET amount = excluded.amount, vouchers = excluded.vouchers, delivered = excluded.delivered,
          claimed = excluded.claimed
        """);

    private readonly record struct Sums(TokenAmount Amount, long Vouchers, ByteCount Delivered, TokenAmount Claimed)
    {
        public static Sums operator +(Sums left, Sums right) => new(
            left.Amount + right.Amount, left.Vouchers + right.Vouchers, left.Delivered + right.Delivered, left.Claimed + right.Claimed);
    }

    public void Accepted(TokenAmount amount) => Add(new Sums(amount, 1, default, default));

    public void Delivered(ByteCount bytes) => Add(new Sums(default, 0, bytes, default));

    public void Claimed(TokenAmount amount) => Add(new Sums(default, 0, default, amount));

    public void Store()
    {
        foreach (var (hour, added) in _batch)
        {
            var sum = added + _read.First(row => new Sums(row.Amount(0), row.GetInt64(1), row.Bytes(2), row.AmountOrZero(3)), hour);
            _write.Execute(hour, sum.Amount.ToDb(), sum.Vouchers, sum.Delivered.Value, sum.Claimed.ToDb());
        }

        _batch.Clear();
    }

    public void Forget() => _batch.Clear();

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }

    private void Add(Sums sums)
    {
        if (sums == default)
        {
            return;
        }

        var now = time.GetUtcNow().ToDb();
        var hour = now - (now % MillisecondsPerHour);
        _batch[hour] = _batch.GetValueOrDefault(hour) + sums;
    }
}
