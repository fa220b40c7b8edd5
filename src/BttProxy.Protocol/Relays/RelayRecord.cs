using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Relays;

/// <summary>What a relay says about itself: where it listens, whom to pay, on which terms.</summary>
public sealed record RelayRecord
{
    public const int MaxEndpoints = 4;
    public const int MaxNeighbours = 8;
    public const int MaxServerNameLength = 253;
    public const int MaxRegionLength = 16;

    /// <summary>Unix seconds.</summary>
    public required ulong IssuedAt { get; init; }

    /// <summary>Seconds after <see cref="IssuedAt"/> during which the record may be used.</summary>
    public required uint TimeToLive { get; init; }

    /// <summary>At least one, at most four, in the relay's order of preference.</summary>
    public required ImmutableArray<RelayEndpoint> Endpoints { get; init; }

    /// <summary>Name for TLS SNI, ASCII; may be empty.</summary>
    public required string ServerName { get; init; }

    /// <summary>SHA-256 of the TLS certificate's SubjectPublicKeyInfo: the pin.</summary>
    public required Bytes32 TlsKeyHash { get; init; }

    /// <summary>Key of the path tokens.</summary>
    public required Bytes32 PathKey { get; init; }

    /// <summary>Who is paid.</summary>
    public required TronAddress Payee { get; init; }

    /// <summary>See <see cref="RelayBinding"/>.</summary>
    public required RecoverableSignature Binding { get; init; }

    public required ulong ChainId { get; init; }

    public required TronAddress Contract { get; init; }

    public required TronAddress Token { get; init; }

    public required PricePerMegabyte Price { get; init; }

    /// <summary>Megabytes of storage on sale.</summary>
    public uint FreeMegabytes { get; init; }

    /// <summary>The least a channel must reserve.</summary>
    public TokenAmount MinimumDeposit { get; init; }

    /// <summary>What the relay asks for submitting an open authorisation.</summary>
    public TokenAmount OpenFee { get; init; }

    /// <summary>The window of an unknown payer.</summary>
    public required ByteCount WindowFloor { get; init; }

    /// <summary>How far a window can grow; at least the floor.</summary>
    public required ByteCount WindowCeiling { get; init; }

    public RelayFeatures Features { get; init; }

    /// <summary>Binary logarithm of the relay's bandwidth in Mbit/s; 10 stands for 1 Gbit/s.</summary>
    public byte CapacityClass { get; init; }

    /// <summary>Percent of that in use, 0 to 100.</summary>
    public byte Load { get; init; }

    /// <summary>Self-declared, ASCII, such as "DE"; may be empty.</summary>
    public string Region { get; init; } = "";

    /// <summary>SHA-256 of the operator's published policy; zero for none.</summary>
    public Bytes32 PolicyHash { get; init; }

    /// <summary>Other relays that this one has seen working.</summary>
    public ImmutableArray<RelayId> Neighbours { get; init; } = [];

    /// <summary>
    /// Who signs a cooperative close for the payee: recovered from <see cref="Binding"/>, not on the wire.
    /// Set on every record that <see cref="SignedRelayRecord.TryVerify"/> returns.
    /// </summary>
    public TronAddress PayeeAuthorizer { get; init; }

    /// <summary>Whether the record may be used at this time, allowing 10 minutes of clock error ahead.</summary>
    /// <param name="unixSeconds">Now.</param>
    public bool IsFresh(ulong unixSeconds) =>
        IssuedAt <= unixSeconds + 600 && unixSeconds < checked(IssuedAt + TimeToLive);
}
