using System.Buffers.Binary;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.FunctionalTests.Ledger;

/// <summary>The files and the made-up channels that a killed process and its parent share.</summary>
internal sealed class CrashLedger(string directory)
{
    public const int Channels = 32;

    private const int RecordLength = 12;

    private static readonly ChannelDomain Domain = new(1, default);

    public string RelayPath => Path.Combine(directory, "relay.db");

    public string ClientPath => Path.Combine(directory, "client.db");

    private string AcknowledgedPath => Path.Combine(directory, "acknowledged");

    public long AcknowledgedCount => File.Exists(AcknowledgedPath) ? new FileInfo(AcknowledgedPath).Length / RecordLength : 0;

    public static ChannelTerms Terms(int channel) => new(default, default, default, default, default, 0, Word(channel));

    public static ChannelId Id(int channel) => Terms(channel).Id(Domain);

    public static SignedVoucher Voucher(int channel, long amount)
    {
        Span<byte> signature = stackalloc byte[RecoverableSignature.Length];
        BinaryPrimitives.WriteInt64BigEndian(signature, amount);
        return new SignedVoucher(new Voucher(Id(channel), 0, new TokenAmount((UInt128)amount)), new RecoverableSignature(signature));
    }

    public static SessionRecord Session(int channel, long bytes) => new()
    {
        Id = new SessionId((UInt128)channel),
        ChannelId = Id(channel),
        Epoch = 0,
        Price = default,
        Base = default,
        Outstanding = default,
        Delivered = new ByteCount(bytes),
        Forgiven = default,
        Paid = new ByteCount(bytes),
        Window = new ByteCount(1),
        Debt = default,
        OpenedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>Unbuffered: what was written is the system's, and stays when this process is killed.</summary>
    public FileStream OpenAcknowledged() => new(AcknowledgedPath, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public static void Acknowledge(FileStream file, int channel, long amount)
    {
        Span<byte> record = stackalloc byte[RecordLength];
        BinaryPrimitives.WriteInt32BigEndian(record, channel);
        BinaryPrimitives.WriteInt64BigEndian(record[4..], amount);
        lock (file)
        {
            file.Write(record);
        }
    }

    /// <summary>The highest acknowledged amount of each channel.</summary>
    public async Task<long[]> HighestAcknowledgedAsync(CancellationToken cancellationToken)
    {
        var highest = new long[Channels];
        var records = await File.ReadAllBytesAsync(AcknowledgedPath, cancellationToken);
        for (var at = 0; at + RecordLength <= records.Length; at += RecordLength)
        {
            var channel = BinaryPrimitives.ReadInt32BigEndian(records.AsSpan(at));
            highest[channel] = Math.Max(highest[channel], BinaryPrimitives.ReadInt64BigEndian(records.AsSpan(at + 4)));
        }

        return highest;
    }

    private static Bytes32 Word(int channel)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, channel);
        return new Bytes32(bytes);
    }
}
