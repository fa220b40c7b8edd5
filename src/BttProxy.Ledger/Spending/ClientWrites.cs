using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Spending;

/// <summary>The client's changes, each run by the one writer of this process inside its transaction.</summary>
internal sealed class ClientWrites(DbConnection connection, TimeProvider time) : IDisposable
{
    private readonly Statement _find = new(connection, ClientReads.SelectChannels + " WHERE id = @0");

    private readonly Statement _save = new(connection, """
        INSERT INTO channel
          (id, relay_id, payer, signer, payee, authorizer, token, withdraw_delay, salt,
           epoch, reserved, signed, signature, spent_before, created_at, updated_at, quarantine)
        VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14, @14, @15)
        ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, reserved = excluded.reserved, signed = excluded.signed,
          signature = excluded.signature, spent_before = excluded.spent_before, updated_at = excluded.updated_at,
          quarantine = excluded.quarantine
        """);

    private readonly Statement _raise = new(connection, "UPDATE channel SET signed = @1, signature = @2, updated_at = @3 WHERE id = @0");

    private readonly Statement _quarantine = new(connection, "UPDATE channel SET quarantine = @1, updated_at = @2 WHERE id = @0");

    private readonly Statement _spent = new(connection, "SELECT amount, bytes FROM spend WHERE day = @0 AND torrent = @1 AND relay_id = @2");

    private readonly Statement _saveSpent = new(connection, """
        INSERT INTO spend (day, torrent, relay_id, amount, bytes) VALUES (@0, @1, @2, @3, @4)
        ON CONFLICT (day, torrent, relay_id) DO UPDATE SET amount = excluded.amount, bytes = excluded.bytes
        """);

    public ClientChannel SaveChannel(ChannelId id, RelayId relay, ChannelTerms terms, ulong epoch, TokenAmount reserved)
    {
        var known = _find.First(ClientReads.Channel, id.ToDb());
        if (known is not null && epoch < known.Epoch)
        {
            return known;
        }

        var channel = known switch
        {
            null => new ClientChannel { Id = id, Relay = relay, Terms = terms, Epoch = epoch, Reserved = reserved },
            _ when epoch == known.Epoch => known with { Reserved = reserved },
            _ => known with { Epoch = epoch, Reserved = reserved, Highest = null, Quarantine = null, SpentBefore = known.SpentBefore + known.Signed },
        };
        _save.Execute(
            id.ToDb(), relay.Value.ToArray(), terms.Payer.ToArray(), terms.Signer.ToArray(), terms.Payee.ToArray(),
            terms.PayeeAuthorizer.ToArray(), terms.Token.ToArray(), terms.WithdrawDelay.ToDb(), terms.Salt.ToArray(),
            epoch.ToDb(), reserved.ToDb(), channel.Signed.ToDb(), channel.Highest?.Signature.ToArray(), channel.SpentBefore.ToDb(),
            time.GetUtcNow().ToDb(), channel.Quarantine);
        return channel;
    }

    public RecordOutcome Adopt(
        ChannelId id, RelayId relay, ChannelTerms terms, ulong epoch, TokenAmount reserved, SignedVoucher? highest)
    {
        var saved = SaveChannel(id, relay, terms, epoch, reserved);
        return highest is { } voucher ? Record(voucher, null)
            : saved.Epoch == epoch ? RecordOutcome.Stored
            : RecordOutcome.WrongEpoch;
    }

    public bool Quarantine(ChannelId id, string reason) =>
        _quarantine.Execute(id.ToDb(), reason, time.GetUtcNow().ToDb()) > 0;

    public RecordOutcome Record(SignedVoucher signed, Purchase? purchase)
    {
        var (voucher, signature) = signed;
        if (_find.First(ClientReads.Channel, voucher.ChannelId.ToDb()) is not { } channel)
        {
            return RecordOutcome.UnknownChannel;
        }

        if (voucher.Epoch != channel.Epoch)
        {
            return RecordOutcome.WrongEpoch;
        }

        if (channel.Highest is { } highest && voucher.Cumulative <= highest.Voucher.Cumulative)
        {
            return highest == signed ? RecordOutcome.Repeated : RecordOutcome.NotHigher;
        }

        if (channel.Quarantine is not null)
        {
            return RecordOutcome.Quarantined;
        }

        if (voucher.Cumulative > channel.Reserved)
        {
            return RecordOutcome.AboveReserved;
        }

        var now = time.GetUtcNow();
        _raise.Execute(voucher.ChannelId.ToDb(), voucher.Cumulative.ToDb(), signature.ToArray(), now.ToDb());
        if (purchase is not null)
        {
            AddSpend(now, channel.Relay, purchase.Torrent, new Spend(voucher.Cumulative - channel.Signed, purchase.Bytes));
        }

        return RecordOutcome.Stored;
    }

    public void Dispose()
    {
        _find.Dispose();
        _save.Dispose();
        _raise.Dispose();
        _quarantine.Dispose();
        _spent.Dispose();
        _saveSpent.Dispose();
    }

    private void AddSpend(DateTimeOffset now, RelayId relay, string torrent, Spend spend)
    {
        var day = (long)DateOnly.FromDateTime(now.UtcDateTime).DayNumber;
        var before = _spent.First(row => new Spend(row.Amount(0), row.Bytes(1)), day, torrent, relay.Value.ToArray());
        var (amount, bytes) = before + spend;
        _saveSpent.Execute(day, torrent, relay.Value.ToArray(), amount.ToDb(), bytes.Value);
    }
}
