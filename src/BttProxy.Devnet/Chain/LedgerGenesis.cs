using System.Security.Cryptography;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain;

/// <summary>The first line of a journal: which chain this is.</summary>
public sealed record LedgerGenesis(int Version, ulong ChainId, TronAddress Contract, TronAddress Token, DateTimeOffset Time)
{
    public const int CurrentVersion = 1;

    /// <summary>None of TRON's networks.</summary>
    public const ulong DevnetChainId = 0xB77_0001;

    /// <summary>A contract at an address of its own, so that no signature of one devnet counts in another.</summary>
    public static LedgerGenesis Create(DateTimeOffset now) => new(CurrentVersion, DevnetChainId, RandomAddress(), RandomAddress(), now);

    public ChannelDomain Domain() => new(ChainId, Contract);

    private static TronAddress RandomAddress() => new(RandomNumberGenerator.GetBytes(TronAddress.Length));
}
