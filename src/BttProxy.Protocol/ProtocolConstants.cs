namespace BttProxy.Protocol;

/// <summary>Versions, domain-separation labels and limits that both sides must agree on.</summary>
public static class ProtocolConstants
{
    /// <summary>Version of the messages inside the tunnel; the first field of <c>OpenSession</c>.</summary>
    public const byte Version = 1;

    /// <summary>Version of the relay record; its first field.</summary>
    public const byte RecordVersion = 1;

    /// <summary>BEP 44 salt under which a relay's record is stored.</summary>
    public const string RecordSalt = "r1";

    /// <summary>A BEP 44 value is at most 1000 bytes with its bencoded length prefix ("996:").</summary>
    public const int MaxRecordValueLength = 996;

    /// <summary>Domain separation of the signature that binds a payee's authoriser to a relay identity.</summary>
    public const string BindingLabel = "bttproxy-bind/1|";

    /// <summary>Domain separation of the rendezvous info-hash.</summary>
    public const string RendezvousLabel = "bttproxy/1|";

    /// <summary>What is hashed into the target of the direct question "are you a relay?".</summary>
    public const string SelfTargetLabel = "bttproxy-self|1";

    /// <summary>Typed-data domain name and version of the settlement contract.</summary>
    public const string ContractName = "BttChannels";

    public const string ContractVersion = "1";

    /// <summary>Largest value of a Solidity <c>uint40</c> (deadlines and delays, in seconds).</summary>
    public const ulong MaxUInt40 = (1UL << 40) - 1;

    /// <summary>1 megabyte is 1,000,000 bytes, everywhere.</summary>
    public const int BytesPerMegabyte = 1_000_000;
}
