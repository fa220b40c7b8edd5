using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Embedded;

/// <summary>
/// A transaction of the devnet's embedded ledger: a call of the settlement contract, or of the faucet. The same JSON goes
/// over HTTP and into the journal.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(FaucetTransaction), "faucet")]
[JsonDerivedType(typeof(DepositTransaction), "deposit")]
[JsonDerivedType(typeof(WithdrawDepositTransaction), "withdrawDeposit")]
[JsonDerivedType(typeof(OpenTransaction), "open")]
[JsonDerivedType(typeof(ClaimTransaction), "claim")]
[JsonDerivedType(typeof(CloseTransaction), "close")]
[JsonDerivedType(typeof(RequestWithdrawTransaction), "requestWithdraw")]
[JsonDerivedType(typeof(FinishWithdrawTransaction), "finishWithdraw")]
public abstract record LedgerTransaction
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Options);

    /// <summary>The hash of its JSON: known before it is sent.</summary>
    public Bytes32 Id() => Keccak256.Hash(ToJson());
}

/// <summary>Makes tokens; the salt makes equal gifts distinct transactions.</summary>
public sealed record FaucetTransaction(TronAddress To, TokenAmount Amount, Bytes32 Salt) : LedgerTransaction;

/// <summary>Reserves part of the payer's deposit, by the payer's authorisation.</summary>
public sealed record OpenTransaction(ChannelTerms Terms, OpenChannel Open, RecoverableSignature Signature) : LedgerTransaction;

/// <summary>Pays payees what vouchers say; the salt makes a repeated claim a transaction of its own.</summary>
public sealed record ClaimTransaction(ImmutableArray<ClaimRow> Rows, Bytes32 Salt) : LedgerTransaction
{
    public const int MaxRows = 256;
}

/// <summary>Closes with both sides' signatures.</summary>
public sealed record CloseTransaction(
    ChannelTerms Terms, CooperativeClose Close, RecoverableSignature Signer, RecoverableSignature PayeeAuthorizer) : LedgerTransaction;

/// <summary>Ends an epoch whose withdraw delay is over.</summary>
public sealed record FinishWithdrawTransaction(ChannelId ChannelId, ulong Epoch) : LedgerTransaction;
