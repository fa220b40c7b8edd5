using System.Buffers.Binary;
using System.Data.Common;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Storage;

/// <summary>How our types stand in columns. Amounts are 16 bytes big-endian, so that blobs order like numbers.</summary>
internal static class DbValues
{
    public static byte[] ToDb(this TokenAmount amount) => ToDb(amount.Units);

    public static byte[] ToDb(this PricePerMegabyte price) => ToDb(price.Units);

    public static byte[] ToDb(this SessionId id) => ToDb(id.Value);

    public static byte[] ToDb(this ChannelId id) => id.Value.ToArray();

    // uint64 on chain, int64 here: the bits are kept, and epochs are compared in C# only.
    public static long ToDb(this ulong value) => unchecked((long)value);

    public static long ToDb(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static TokenAmount Amount(this DbDataReader row, int column) => new(Units(row, column));

    public static TokenAmount AmountOrZero(this DbDataReader row, int column) => row.IsDBNull(column) ? TokenAmount.Zero : row.Amount(column);

    public static PricePerMegabyte Price(this DbDataReader row, int column) => new(Units(row, column));

    public static ByteCount Bytes(this DbDataReader row, int column) => new(row.GetInt64(column));

    public static ulong Unsigned(this DbDataReader row, int column) => unchecked((ulong)row.GetInt64(column));

    public static byte[] Blob(this DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    public static Bytes32 Word(this DbDataReader row, int column) => new(row.Blob(column));

    public static ChannelId ChannelId(this DbDataReader row, int column) => new(row.Word(column));

    public static TronAddress Address(this DbDataReader row, int column) => new(row.Blob(column));

    public static RecoverableSignature Signature(this DbDataReader row, int column) => new(row.Blob(column));

    public static DateTimeOffset Time(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    /// <summary>Seven columns: payer, signer, payee, authorizer, token, withdraw_delay, salt.</summary>
    public static ChannelTerms Terms(this DbDataReader row, int first) => new(
        row.Address(first), row.Address(first + 1), row.Address(first + 2), row.Address(first + 3), row.Address(first + 4),
        row.Unsigned(first + 5), row.Word(first + 6));

    private static byte[] ToDb(UInt128 units)
    {
        var bytes = new byte[TokenAmount.EncodedLength];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, units);
        return bytes;
    }

    private static UInt128 Units(DbDataReader row, int column) => BinaryPrimitives.ReadUInt128BigEndian(row.Blob(column));
}
