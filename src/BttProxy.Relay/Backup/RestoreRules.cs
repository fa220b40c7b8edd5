using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;

namespace BttProxy.Relay.Backup;

/// <summary>Which vouchers of a backup are believed: those that the contract would pay now, to us. Pure.</summary>
/// <param name="Domain">Our contract.</param>
/// <param name="Token">Its token.</param>
/// <param name="Payee">Who is to be paid.</param>
/// <param name="Authorizer">The relay's own key.</param>
internal sealed record RestoreRules(ChannelDomain Domain, TronAddress Token, TronAddress Payee, TronAddress Authorizer)
{
    /// <summary>What can be said without the chain; <see cref="RestoreVerdict.Restored"/> when nothing is wrong.</summary>
    public RestoreVerdict Judge(BackupEntry entry)
    {
        var terms = entry.Terms;
        return terms.Payee != Payee ? RestoreVerdict.OtherPayee
            : terms.PayeeAuthorizer != Authorizer ? RestoreVerdict.OtherAuthorizer
            : terms.Token != Token ? RestoreVerdict.OtherToken
            : entry.Id != terms.Id(Domain)
                || entry.Voucher.Recover(Domain, out var signer) != SignatureVerdict.Valid || signer != terms.Signer ? RestoreVerdict.WrongSignature
            : RestoreVerdict.Restored;
    }

    /// <summary>And what the chain says about it.</summary>
    public static RestoreVerdict Judge(BackupEntry entry, ChainChannel? channel)
    {
        var voucher = entry.Voucher.Voucher;
        return channel is null ? RestoreVerdict.NotOnChain
            : voucher.Epoch < channel.Epoch ? RestoreVerdict.EpochOver
            : voucher.Epoch > channel.Epoch ? RestoreVerdict.EpochAhead
            : voucher.Cumulative <= channel.Claimed ? RestoreVerdict.AlreadyClaimed
            : voucher.Cumulative > channel.Reserved ? RestoreVerdict.AboveReserved
            : RestoreVerdict.Restored;
    }
}
