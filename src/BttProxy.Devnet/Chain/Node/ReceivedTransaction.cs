using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;
using Kind = BttProxy.Tron.Node.Wire.Transaction.Types.Contract.Types.ContractType;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>A transaction that somebody sent, with what can be said about it without a state.</summary>
internal sealed class ReceivedTransaction
{
    // What the result will add to it when bandwidth is charged (java-tron, Constant.MAX_RESULT_SIZE_IN_TX).
    private const int ResultBytes = 64;

    // SEC 2, secp256k1: the order of the base point.
    private static readonly BigInteger CurveOrder =
        BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private ReceivedTransaction(Transaction message, IMessage operation, TronAddress owner)
    {
        Message = message;
        Operation = operation;
        Owner = owner;
        Id = new Bytes32(SHA256.HashData(message.RawData.ToByteArray()));
        Bandwidth = message.CalculateSize() + ResultBytes;
    }

    public Transaction Message { get; }

    public Transaction.Types.raw Raw => Message.RawData;

    /// <summary>One of the four operations that this node knows.</summary>
    public IMessage Operation { get; }

    public TronAddress Owner { get; }

    public Bytes32 Id { get; }

    public int Bandwidth { get; }

    /// <summary>Null when it is none that this node can read.</summary>
    public static ReceivedTransaction? TryRead(Transaction message)
    {
        if (message is not { RawData.Contract: [{ Parameter: { } parameter } contract] })
        {
            return null;
        }

        try
        {
            IMessage? operation = contract.Type switch
            {
                Kind.TransferContract => parameter.Unpack<TransferContract>(),
                Kind.TransferAssetContract => parameter.Unpack<TransferAssetContract>(),
                Kind.TriggerSmartContract => parameter.Unpack<TriggerSmartContract>(),
                Kind.CreateSmartContract => parameter.Unpack<CreateSmartContract>(),
                _ => null,
            };
            return operation is not null && TryReadAddress(OwnerOf(operation), out var owner)
                ? new ReceivedTransaction(message, operation, owner)
                : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>21 bytes with the prefix 0x41.</summary>
    public static bool TryReadAddress(ByteString bytes, out TronAddress address)
    {
        var isAddress = bytes.Length == TronAddress.Length + 1 && bytes[0] == 0x41;
        address = isAddress ? new TronAddress(bytes.Span[1..]) : default;
        return isAddress;
    }

    /// <summary>Signed by the owner's own key, alone.</summary>
    public bool IsSignedByOwner()
    {
        if (Message.Signature is not [{ Length: RecoverableSignature.Length } only])
        {
            return false;
        }

        // Nodes take both ways of counting, and of two signatures that differ in the sign of s they take either; the id is the same.
        var signature = only.ToByteArray();
        signature[^1] = signature[^1] < 27 ? (byte)(signature[^1] + 27) : signature[^1];
        var s = new BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        if (s > CurveOrder / 2 && s < CurveOrder)
        {
            signature.AsSpan(32, 32).Clear();
            var low = (CurveOrder - s).ToByteArray(isUnsigned: true, isBigEndian: true);
            low.CopyTo(signature, 64 - low.Length);
            signature[^1] = (byte)(55 - signature[^1]);
        }

        return Secp256k1.Recover(Id, signature, out var signer) == SignatureVerdict.Valid && signer == Owner;
    }

    private static ByteString OwnerOf(IMessage operation) => operation switch
    {
        TransferContract transfer => transfer.OwnerAddress,
        TransferAssetContract transfer => transfer.OwnerAddress,
        TriggerSmartContract call => call.OwnerAddress,
        _ => ((CreateSmartContract)operation).OwnerAddress,
    };
}
