using System.Text;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Channels;

/// <summary>Who pays whom through a channel, fixed for its life; their hash is the channel's id.</summary>
public sealed record ChannelTerms
{
    internal const string TypeString =
        "Channel(address payer,address signer,address payee,address payeeAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)";

    private static readonly Bytes32 TypeHash = Keccak256.Hash(Encoding.ASCII.GetBytes(TypeString));

    /// <param name="payer">Whose deposit pays.</param>
    /// <param name="signer">Who signs vouchers: the payer's session key.</param>
    /// <param name="payee">Who is paid.</param>
    /// <param name="payeeAuthorizer">Who signs a cooperative close for the payee.</param>
    /// <param name="token">The TRC-20 token.</param>
    /// <param name="withdrawDelay">Seconds between the payer's request to withdraw and the withdrawal; uint40.</param>
    /// <param name="salt">Makes several channels between the same parties distinct.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay does not fit uint40.</exception>
    public ChannelTerms(
        TronAddress payer, TronAddress signer, TronAddress payee, TronAddress payeeAuthorizer, TronAddress token,
        ulong withdrawDelay, Bytes32 salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(withdrawDelay, ProtocolConstants.MaxUInt40);
        Payer = payer;
        Signer = signer;
        Payee = payee;
        PayeeAuthorizer = payeeAuthorizer;
        Token = token;
        WithdrawDelay = withdrawDelay;
        Salt = salt;
        var writer = new TypedDataWriter(stackalloc byte[8 * TypedDataWriter.WordLength]);
        writer.Add(TypeHash);
        writer.Add(payer);
        writer.Add(signer);
        writer.Add(payee);
        writer.Add(payeeAuthorizer);
        writer.Add(token);
        writer.Add(withdrawDelay);
        writer.Add(salt);
        StructHash = writer.Hash();
    }

    public TronAddress Payer { get; }

    public TronAddress Signer { get; }

    public TronAddress Payee { get; }

    public TronAddress PayeeAuthorizer { get; }

    public TronAddress Token { get; }

    public ulong WithdrawDelay { get; }

    public Bytes32 Salt { get; }

    /// <summary>Computed once: each voucher's check asks for the id.</summary>
    internal Bytes32 StructHash { get; }

    public ChannelId Id(ChannelDomain domain) => new(domain.Digest(StructHash));
}
