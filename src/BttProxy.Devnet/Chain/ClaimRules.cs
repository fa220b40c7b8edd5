using System.Collections.Immutable;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Devnet.Chain;

/// <summary>A claim is a batch of rows: a row that is not worth anything is skipped and told, and harms no other.</summary>
internal sealed class ClaimRules(ChannelDomain domain)
{
    public Execution Claim(ContractState state, ImmutableArray<ClaimRow> rows)
    {
        var results = ImmutableArray.CreateBuilder<ClaimRowResult>(rows.Length);
        foreach (var row in rows)
        {
            var id = row.Terms.Id(domain);
            var channel = state.Channels.GetValueOrDefault(id);
            var outcome = Check(channel, row, id);
            var before = channel?.Claimed ?? TokenAmount.Zero;
            if (outcome != ClaimOutcome.Claimed)
            {
                results.Add(new ClaimRowResult(id, outcome, TokenAmount.Zero, before));
                continue;
            }

            var total = row.Voucher.Voucher.Cumulative;
            state = Pay(state, row.Terms.Payee, total - before).With(id, channel! with { Claimed = total });
            results.Add(new ClaimRowResult(id, outcome, total - before, total));
        }

        return new Execution(state, ContractRejection.None, results.MoveToImmutable());
    }

    /// <summary>Moves tokens from the contract into a wallet.</summary>
    public static ContractState Pay(ContractState state, TronAddress to, TokenAmount amount)
    {
        var account = state.Account(to);
        return state.With(to, account with { Balance = account.Balance + amount }) with { ContractBalance = state.ContractBalance - amount };
    }

    private ClaimOutcome Check(ChainChannel? channel, ClaimRow row, ChannelId id)
    {
        var voucher = row.Voucher.Voucher;
        if (channel is null || voucher.ChannelId != id)
        {
            return ClaimOutcome.UnknownChannel;
        }

        if (voucher.Epoch != channel.Epoch)
        {
            return ClaimOutcome.WrongEpoch;
        }

        // Before the signature, which is what costs energy.
        if (voucher.Cumulative <= channel.Claimed)
        {
            return ClaimOutcome.AlreadyClaimed;
        }

        if (voucher.Cumulative > channel.Reserved)
        {
            return ClaimOutcome.AboveReserved;
        }

        return row.Voucher.Recover(domain, out var signer) != SignatureVerdict.Valid ? ClaimOutcome.BadSignature
            : signer != row.Terms.Signer ? ClaimOutcome.WrongSigner
            : ClaimOutcome.Claimed;
    }
}
