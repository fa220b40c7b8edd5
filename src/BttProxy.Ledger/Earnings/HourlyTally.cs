using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>Sums a batch's earnings by hour in memory and adds them to the table once per commit.</summary>
internal sealed class HourlyTally(DbConnection connection) : IDisposable
{
    private static readonly long MillisecondsPerHour = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private readonly Dictionary<long, (TokenAmount Amount, long Vouchers)> _batch = [];

    private readonly Statement _read = new(connection, "SELECT amount, vouchers FROM earning WHERE hour = @0");

    private readonly Statement _write = new(connection, """
        INSERT INTO earning (hour, amount, vouchers) VALUES (@0, @1, @2)
        ON CONFLICT (hour) DO UPDATE SET amount = excluded.amount, vouchers = excluded.vouchers
        """);

    public void Add(DateTimeOffset now, TokenAmount amount)
    {
        var milliseconds = now.ToDb();
        var hour = milliseconds - (milliseconds % MillisecondsPerHour);
        var sum = _batch.GetValueOrDefault(hour);
        _batch[hour] = (sum.Amount + amount, sum.Vouchers + 1);
    }

    public void Store()
    {
        foreach (var (hour, (amount, vouchers)) in _batch)
        {
            var before = _read.First(row => (Amount: row.Amount(0), Vouchers: row.GetInt64(1)), hour);
            _write.Execute(hour, (before.Amount + amount).ToDb(), before.Vouchers + vouchers);
        }

        _batch.Clear();
    }

    public void Forget() => _batch.Clear();

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }
}
