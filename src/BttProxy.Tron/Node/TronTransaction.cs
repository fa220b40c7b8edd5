using System.Security.Cryptography;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace BttProxy.Tron.Node;

/// <summary>A signed transaction. Its id is known before it is sent: store it first.</summary>
public sealed class TronTransaction
{
    // What nodes add to a transaction's size for its result when they charge bandwidth (java-tron, Constant.MAX_RESULT_SIZE_IN_TX).
    private const int ResultBytes = 64;

    // java-tron refuses larger ones (Constant.TRANSACTION_MAX_BYTE_SIZE).
    private const int MaxBytes = 500 * 1024;

    private TronTransaction(Transaction message)
    {
        Message = message;
        Encoded = message.ToByteArray();
        Id = new Bytes32(SHA256.HashData(message.RawData.ToByteArray()));
        Expiration = DateTimeOffset.FromUnixTimeMilliseconds(message.RawData.Expiration);
    }

    /// <summary>SHA-256 of the part that is signed.</summary>
    public Bytes32 Id { get; }

    public DateTimeOffset Expiration { get; }

    /// <summary>As it is stored and sent.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>Bandwidth that it uses; 1,000 sun each when there is none left.</summary>
    public int Bandwidth => Encoded.Length + ResultBytes;

    internal Transaction Message { get; }

    /// <exception cref="ArgumentException">The key is not the owner's, unless another permission signs; or the transaction is too large.</exception>
    public static TronTransaction Sign(TronOperation operation, TransactionTerms terms, Secp256k1Key key)
    {
        if (terms.PermissionId == 0 && key.Address != operation.Owner)
        {
            throw new ArgumentException($"{key.Address} cannot sign for {operation.Owner}.", nameof(key));
        }

        var raw = new Transaction.Types.raw
        {
            RefBlockBytes = ByteString.CopyFrom(terms.Reference.Bytes.Span),
            RefBlockHash = ByteString.CopyFrom(terms.Reference.Hash.Span),
            Expiration = terms.Expiration.ToUnixTimeMilliseconds(),
            Timestamp = terms.Timestamp.ToUnixTimeMilliseconds(),
            FeeLimit = operation.RunsCode ? terms.FeeLimit : 0,
            Contract =
            {
                new Transaction.Types.Contract
                {
                    Type = operation.Kind,
                    Parameter = Any.Pack(operation.ToMessage()),
                    PermissionId = terms.PermissionId,
                },
            },
        };
        var id = new Bytes32(SHA256.HashData(raw.ToByteArray()));
        var transaction = new TronTransaction(new Transaction
        {
            RawData = raw,
            Signature = { ByteString.CopyFrom(key.Sign(id).Span) },
        });
        return transaction.Encoded.Length <= MaxBytes
            ? transaction
            : throw new ArgumentException($"A transaction has at most {MaxBytes} bytes; this one has {transaction.Encoded.Length}.", nameof(operation));
    }

    /// <summary>Reads what was stored.</summary>
    /// <exception cref="FormatException">Not a signed transaction.</exception>
    public static TronTransaction Decode(ReadOnlySpan<byte> encoded)
    {
        try
        {
            // Nodes encode anew what they get: a field that is unknown here would change the id there.
            var message = Transaction.Parser.WithDiscardUnknownFields(true).ParseFrom(encoded);
            if (message is { RawData.Contract.Count: 1, Signature.Count: > 0 } && message.ToByteArray().AsSpan().SequenceEqual(encoded))
            {
                return new TronTransaction(message);
            }
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or ArgumentOutOfRangeException)
        {
            throw new FormatException("Not a TRON transaction.", exception);
        }

        throw new FormatException("Not a TRON transaction.");
    }
}
