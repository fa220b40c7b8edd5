using System.Diagnostics;
using System.Globalization;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Microsoft.Data.Sqlite;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Vouchers made durable per second in the SQLite ledger over many channels, each awaited by its own caller; signatures apart.
/// The reference is a bare SQLite loop that writes the same rows, 1,000 to a transaction with one fsync each.
/// </summary>
internal sealed class DurableAccepts : IFigure
{
    private const int Channels = 4_096;
    private const int Accepts = 200_000;
    private const int Callers = 2_048;
    private const int Rounds = 3;
    private const double Budget = 20_000;

    private static readonly ChannelDomain Domain = new(1, Address(1));

    public string Name => "durable-accepts";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        // Beside the program, not in the temporary directory, which may be memory: fsync has to cost what it costs.
        var directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"durable-accepts-{Environment.ProcessId}"));
        try
        {
            var (best, withSession, reference) = (0.0, 0.0, 0.0);
            for (var round = 0; round < Rounds; round++)
            {
                var bare = Reference(Path.Combine(directory.FullName, $"reference-{round}.db"));
                var ledger = await LedgerAsync(Path.Combine(directory.FullName, $"ledger-{round}.db"), saveSessions: false, cancellationToken);
                var sessions = await LedgerAsync(Path.Combine(directory.FullName, $"sessions-{round}.db"), saveSessions: true, cancellationToken);
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round + 1}: ledger {ledger:n0}/s, each with its session {sessions:n0}/s, reference {bare:n0}/s"));
                (best, withSession, reference) = (Math.Max(best, ledger), Math.Max(withSession, sessions), Math.Max(reference, bare));
            }

            return new Figure
            {
                Name = Name,
                Value = Math.Round(best),
                Unit = "vouchers/s",
                Reference = "bare SQLite loop, same rows, one fsync per 1,000",
                ReferenceValue = Math.Round(reference),
                Ratio = Math.Round(best / reference, 3),
                Budget = ">= 20000 vouchers/s",
                Pass = best >= Budget,
                Details = new Dictionary<string, double> { ["withSession"] = Math.Round(withSession), ["channels"] = Channels, ["callers"] = Callers, ["accepts"] = Accepts },
            };
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<double> LedgerAsync(string path, bool saveSessions, CancellationToken cancellationToken)
    {
        await using var ledger = await RelayLedger.OpenAsync(path, TimeProvider.System, null, cancellationToken);
        var ids = new ChannelId[Channels];
        var saves = new List<Task>(Channels);
        for (var i = 0; i < Channels; i++)
        {
            var terms = new ChannelTerms(Address(2), Address(3), Address(4), Address(5), Address(6), 86_400, Word(i));
            ids[i] = terms.Id(Domain);
            saves.Add(ledger.SaveChannelAsync(ids[i], terms, new OnChainState(0, TokenAmount.MaxValue, TokenAmount.Zero), cancellationToken));
        }

        await Task.WhenAll(saves);
        var next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallerAsync()));
        var seconds = clock.Elapsed.TotalSeconds;
        var totals = await ledger.TotalsAsync(cancellationToken);
        var expected = Enumerable.Range(0, Channels).Sum(channel => Amount(Accepts - 1 - ((Accepts - 1 - channel) % Channels)));
        return totals.Accepted.Units == (UInt128)expected
            ? Accepts / seconds
            : throw new InvalidOperationException($"The ledger holds {totals.Accepted}, not {expected}.");

        async Task CallerAsync()
        {
            while (Interlocked.Increment(ref next) is var number && number < Accepts)
            {
                var voucher = new SignedVoucher(new Voucher(ids[number % Channels], 0, new TokenAmount((UInt128)Amount(number))), Signature(number));
                var session = saveSessions ? Session(ids[number % Channels], number) : null;
                var acceptance = await ledger.AcceptVoucherAsync(voucher, session, cancellationToken);
                if (acceptance.Outcome is not AcceptOutcome.Accepted)
                {
                    throw new InvalidOperationException($"Voucher {number} was {acceptance.Outcome}.");
                }
            }
        }
    }

    private static SessionRecord Session(ChannelId channel, int number) => new()
    {
        Id = new SessionId((UInt128)(number % Channels)),
        ChannelId = channel,
        Epoch = 0,
        Price = new PricePerMegabyte(1_000_000),
        Base = TokenAmount.Zero,
        Outstanding = TokenAmount.Zero,
        Delivered = new ByteCount(number),
        Forgiven = ByteCount.Zero,
        Paid = new ByteCount(number),
        Window = new ByteCount(262_144),
        Debt = TokenAmount.Zero,
        OpenedAt = DateTimeOffset.UnixEpoch,
    };

    private static double Reference(string path)
    {
        const int RowsPerTransaction = 1_000;
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE voucher (id BLOB, epoch INTEGER, amount BLOB, signature BLOB, at INTEGER)");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO voucher (id, epoch, amount, signature, at) VALUES (@0, 0, @1, @2, @3)";
        var parameters = Enumerable.Range(0, 4).Select(i => insert.Parameters.Add(new SqliteParameter { ParameterName = $"@{i}" })).ToArray();
        var clock = Stopwatch.StartNew();
        for (var number = 0; number < Accepts;)
        {
            Run(connection, "BEGIN");
            for (var end = number + RowsPerTransaction; number < end; number++)
            {
                parameters[0].Value = Word(number % Channels).ToArray();
                parameters[1].Value = new byte[16];
                parameters[2].Value = Signature(number).ToArray();
                parameters[3].Value = (long)number;
                insert.ExecuteNonQuery();
            }

            Run(connection, "COMMIT");
        }

        return Accepts / clock.Elapsed.TotalSeconds;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Amount(int number) => number + 1;

    private static TronAddress Address(byte tag)
    {
        Span<byte> bytes = stackalloc byte[TronAddress.Length];
        bytes.Fill(tag);
        return new TronAddress(bytes);
    }

    private static Bytes32 Word(int number)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        BitConverter.TryWriteBytes(bytes, number);
        return Keccak256.Hash(bytes);
    }

    private static RecoverableSignature Signature(int number)
    {
        Span<byte> bytes = stackalloc byte[RecoverableSignature.Length];
        BitConverter.TryWriteBytes(bytes, number);
        bytes[64] = 27;
        return new RecoverableSignature(bytes);
    }
}
