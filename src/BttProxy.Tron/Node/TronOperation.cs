using System.Globalization;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;
using Kind = BttProxy.Tron.Node.Wire.Transaction.Types.Contract.Types.ContractType;

namespace BttProxy.Tron.Node;

/// <summary>What one transaction does; TRON calls it a "contract".</summary>
/// <param name="Owner">Who does it, pays for it and signs.</param>
public abstract record TronOperation(TronAddress Owner)
{
    internal abstract Kind Kind { get; }

    /// <summary>Runs code: only then a fee limit means something.</summary>
    internal virtual bool RunsCode => false;

    internal abstract IMessage ToMessage();
}

/// <summary>Moves TRX; a sun is a millionth of one.</summary>
public sealed record TrxTransfer(TronAddress Owner, TronAddress To, long Sun) : TronOperation(Owner)
{
    internal override Kind Kind => Kind.TransferContract;

    internal override IMessage ToMessage() => new TransferContract
    {
        OwnerAddress = WireAddress.Write(Owner),
        ToAddress = WireAddress.Write(To),
        Amount = Sun,
    };
}

/// <summary>Moves base units of a TRC-10 token; 1002000 is the old BTT.</summary>
public sealed record TokenTransfer(TronAddress Owner, TronAddress To, long TokenId, long Amount) : TronOperation(Owner)
{
    internal override Kind Kind => Kind.TransferAssetContract;

    internal override IMessage ToMessage() => new TransferAssetContract
    {
        AssetName = ByteString.CopyFromUtf8(TokenId.ToString(CultureInfo.InvariantCulture)),
        OwnerAddress = WireAddress.Write(Owner),
        ToAddress = WireAddress.Write(To),
        Amount = Amount,
    };
}

/// <summary>Calls a smart contract with a selector and arguments, ABI-encoded.</summary>
public sealed record ContractCall(TronAddress Owner, TronAddress Contract, ReadOnlyMemory<byte> Data) : TronOperation(Owner)
{
    /// <summary>TRX that go along, in sun.</summary>
    public long Sun { get; init; }

    /// <summary>TRC-10 token that goes along; 0 for none.</summary>
    public long TokenId { get; init; }

    /// <summary>Base units of that token.</summary>
    public long TokenAmount { get; init; }

    internal override Kind Kind => Kind.TriggerSmartContract;

    internal override bool RunsCode => true;

    internal override TriggerSmartContract ToMessage() => new()
    {
        OwnerAddress = WireAddress.Write(Owner),
        ContractAddress = WireAddress.Write(Contract),
        CallValue = Sun,
        Data = ByteString.CopyFrom(Data.Span),
        CallTokenValue = TokenAmount,
        TokenId = TokenId,
    };
}

/// <summary>Deploys a smart contract: creation code with its arguments, and a name of up to 32 bytes for explorers.</summary>
public sealed record ContractCreation(TronAddress Owner, string Name, ReadOnlyMemory<byte> Bytecode) : TronOperation(Owner)
{
    /// <summary>Explorers show it; the chain does not need it.</summary>
    public SmartContract.Types.ABI? Abi { get; init; }

    /// <summary>Percent of the energy that callers pay; the rest comes out of the deployer's stake.</summary>
    public int CallerPercent { get; init; } = 100;

    /// <summary>Most energy that the deployer's stake gives to one call.</summary>
    public long DeployerEnergyLimit { get; init; } = 10_000_000;

    internal override Kind Kind => Kind.CreateSmartContract;

    internal override bool RunsCode => true;

    /// <summary>What simulates it: a node takes a call of no contract for a creation (java-tron, Wallet.triggerConstantContract).</summary>
    internal TriggerSmartContract ToSimulation() => new() { OwnerAddress = WireAddress.Write(Owner), Data = ByteString.CopyFrom(Bytecode.Span) };

    /// <summary>Where a contract lands: the last 20 bytes of Keccak-256 over transaction id and prefixed owner.</summary>
    public static TronAddress AddressOf(Bytes32 transactionId, TronAddress owner) =>
        new(Keccak256.Hash([.. transactionId.Span, .. WireAddress.Write(owner).Span]).Span[^TronAddress.Length..]);

    internal override IMessage ToMessage() => new CreateSmartContract
    {
        OwnerAddress = WireAddress.Write(Owner),
        NewContract = new SmartContract
        {
            OriginAddress = WireAddress.Write(Owner),
            Abi = Abi,
            Bytecode = ByteString.CopyFrom(Bytecode.Span),
            ConsumeUserResourcePercent = CallerPercent,
            Name = Name,
            OriginEnergyLimit = DeployerEnergyLimit,
        },
    };
}
