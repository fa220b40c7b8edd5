using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>What a transaction asks of the machine: a call, or a deployment when there is no <see cref="To"/>.</summary>
internal sealed record TvmMessage
{
    public required TronAddress Caller { get; init; }

    /// <summary>The contract to call; null deploys <see cref="Data"/> as a constructor.</summary>
    public TronAddress? To { get; init; }

    /// <summary>Call data, or the constructor's code with its arguments behind it.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>TRX in sun that goes along.</summary>
    public long CallValue { get; init; }

    /// <summary>Units of the TRC-10 token <see cref="TokenId"/> that go along.</summary>
    public long TokenValue { get; init; }

    public long TokenId { get; init; }

    public required long EnergyLimit { get; init; }

    /// <summary>Addresses of contracts that are created depend on it.</summary>
    public Bytes32 TransactionId { get; init; }
}
