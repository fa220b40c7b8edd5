using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>The relay's changes, each run by the one writer inside its transaction.</summary>
internal sealed class RelayWrites : IDisposable
{
    private readonly TimeProvider _time;
    private readonly HourlyTally _tally;
    private readonly Statement _money;
    private readonly Statement _raise;
    private readonly Statement _insertChannel;
    private readonly Statement _insertMoney;
    private readonly Statement _updateState;
    private readonly Statement _withdrawAt;
    private readonly Statement _roll;
    private readonly Statement _addPast;
    private readonly Statement _past;
    private readonly Statement _overtakeClaims;
    private readonly ClosingWrites _closings;
    private readonly Statement _beginClosing;

    public RelayWrites(DbConnection connection, ClosingWrites closings, HourlyTally tally, TimeProvider time)
    {
        _time = time;
        _closings = closings;
        _tally = tally;
        _money = new Statement(connection, "SELECT epoch, reserved, claimed, accepted, signature FROM channel_money WHERE id = @0");
        _raise = new Statement(connection, "UPDATE channel_money SET accepted = @1, signature = @2, accepted_at = @3 WHERE id = @0");
        _insertChannel = new Statement(connection, """
            INSERT INTO channel (id, payer, signer, payee, authorizer, token, withdraw_delay, salt, settled_before, lost, opened_at)
            VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @8, @9)
            """);
        _insertMoney = new Statement(connection, "INSERT INTO channel_money (id, epoch, reserved, claimed, accepted) VALUES (@0, @1, @2, @3, @4)");
        _updateState = new Statement(connection, "UPDATE channel_money SET reserved = @1, claimed = @2 WHERE id = @0");
        _withdrawAt = new Statement(connection, "UPDATE channel SET withdraw_at = @1 WHERE id = @0");
        _roll = new Statement(connection, """
            UPDATE channel_money SET epoch = @1, reserved = @2, claimed = @2, accepted = @2, signature = NULL, accepted_at = NULL WHERE id = @0
            """);
        _past = new Statement(connection, "SELECT settled_before, lost FROM channel WHERE id = @0");
        _addPast = new Statement(connection, "UPDATE channel SET settled_before = @1, lost = @2, withdraw_at = NULL WHERE id = @0");
        _overtakeClaims = new Statement(connection, """
            UPDATE claim SET state = @1, note = 'the channel closed first', claimed_then = @2, updated_at = @3 WHERE channel_id = @0 AND state IN (0, 1)
            """);
        _beginClosing = new Statement(connection, """
            UPDATE channel SET closing_epoch = (SELECT epoch FROM channel_money m WHERE m.id = @0) WHERE id = @0
            """);
    }

    public VoucherAcceptance Accept(SignedVoucher signed)
    {
        var (voucher, signature) = signed;
        if (ReadMoney(voucher.ChannelId) is not { } money)
        {
            return new VoucherAcceptance(AcceptOutcome.UnknownChannel, null);
        }

        var best = money.Best(voucher.ChannelId);
        if (voucher.Epoch != money.Epoch)
        {
            return new VoucherAcceptance(AcceptOutcome.WrongEpoch, best);
        }

        if (best is { } known && voucher.Cumulative <= known.Voucher.Cumulative)
        {
            return new VoucherAcceptance(known == signed ? AcceptOutcome.Repeated : AcceptOutcome.NotHigher, best);
        }

        if (voucher.Cumulative > money.Reserved)
        {
            return new VoucherAcceptance(AcceptOutcome.AboveReserved, best);
        }

        var now = _time.GetUtcNow();
        _raise.Execute(voucher.ChannelId.ToDb(), voucher.Cumulative.ToDb(), signature.ToArray(), now.ToDb());
        _tally.Accepted(voucher.Cumulative - money.Accepted);
        return new VoucherAcceptance(AcceptOutcome.Accepted, signed);
    }

    public void SaveChannel(ChannelId id, ChannelTerms terms, OnChainState state)
    {
        var known = ReadMoney(id);
        if (known is null)
        {
            InsertChannel(id, terms, state);
        }
        else if (state.Epoch > known.Epoch)
        {
            // By our own close, whoever sees it first.
            Roll(id, known, state.Epoch, _closings.Find(id) is { } closing && closing.Epoch == known.Epoch ? closing.Final : known.Claimed);
        }
        else if (state.Epoch < known.Epoch)
        {
            return; // a view from before the close
        }

        var claimed = known?.Epoch == state.Epoch ? TokenAmount.Max(known.Claimed, state.Claimed) : state.Claimed;
        if (known is not null)
        {
            // What a new channel brings was paid at a time that nobody here knows.
            _tally.Claimed(claimed.SubtractSaturating(known.Epoch == state.Epoch ? known.Claimed : TokenAmount.Zero));
        }

        _updateState.Execute(id.ToDb(), state.Reserved.ToDb(), claimed.ToDb());
        _withdrawAt.Execute(id.ToDb(), state.WithdrawAt?.ToDb());
    }

    /// <summary>False when the channel is unknown or no longer at that epoch.</summary>
    public bool CloseChannel(ChannelId id, ulong epoch, TokenAmount final)
    {
        if (ReadMoney(id) is not { } money || money.Epoch != epoch)
        {
            return false;
        }

        Roll(id, money, checked(epoch + 1), final);
        return true;
    }

    /// <summary>False when the channel is unknown.</summary>
    public bool BeginClosing(ChannelId id) => _beginClosing.Execute(id.ToDb()) == 1;

    public void Dispose()
    {
        foreach (var statement in new[]
                 {
                     _money, _raise, _insertChannel, _insertMoney, _updateState, _withdrawAt, _roll, _addPast, _past, _overtakeClaims, _beginClosing,
                 })
        {
            statement.Dispose();
        }
    }

    private ChannelMoney? ReadMoney(ChannelId id) => _money.First(ChannelMoney.Read, id.ToDb());

    private void InsertChannel(ChannelId id, ChannelTerms terms, OnChainState state)
    {
        _insertChannel.Execute(
            id.ToDb(), terms.Payer.ToArray(), terms.Signer.ToArray(), terms.Payee.ToArray(), terms.PayeeAuthorizer.ToArray(),
            terms.Token.ToArray(), terms.WithdrawDelay.ToDb(), terms.Salt.ToArray(), TokenAmount.Zero.ToDb(), _time.GetUtcNow().ToDb());
        _insertMoney.Execute(id.ToDb(), state.Epoch.ToDb(), state.Reserved.ToDb(), state.Claimed.ToDb(), TokenAmount.Zero.ToDb());
    }

    /// <summary>The epoch has closed with <paramref name="paid"/>: its vouchers are void, its sums move to the past.</summary>
    private void Roll(ChannelId id, ChannelMoney money, ulong nextEpoch, TokenAmount paid)
    {
        var (settled, lost) = _past.First(row => (row.Amount(0), row.Amount(1)), id.ToDb());
        var lostNow = money.Accepted.SubtractSaturating(paid);
        _tally.Claimed(paid.SubtractSaturating(money.Claimed));
        _addPast.Execute(id.ToDb(), (settled + paid).ToDb(), (lost + lostNow).ToDb());
        _roll.Execute(id.ToDb(), nextEpoch.ToDb(), TokenAmount.Zero.ToDb());
        _overtakeClaims.Execute(id.ToDb(), (int)ClaimState.Overtaken, paid.ToDb(), _time.GetUtcNow().ToDb());
    }
}
