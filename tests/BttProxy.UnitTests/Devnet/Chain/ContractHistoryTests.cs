using BttProxy.Devnet.Chain;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain;

/// <summary>Random histories of two payers and two relays; most steps make sense, some are stale, too large or forged.</summary>
public sealed class ContractHistoryTests
{
    private const int Payers = 2;
    private const int Relays = 2;
    private const ulong Delay = 100;

    private static readonly ChannelDomain Domain = ContractWorld.Domain;

    private static readonly Secp256k1Key[] Keys = [.. Enumerable.Range(1, Payers + Relays).Select(i => Secp256k1Key.FromBytes([.. new byte[31], (byte)i]))];

    private static readonly Gen<Step> GenStep = Gen.Select(
        Gen.Int[0, 8],
        Gen.Int[0, Payers - 1],
        Gen.Int[0, Relays - 1],
        Gen.ULong[0, 110],
        Gen.Frequency((8, Gen.Const(0)), (1, Gen.Const(1)), (1, Gen.Const(-1))),
        Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true))),
        (kind, payer, relay, percent, epoch, forged) => new Step(kind, payer, relay, percent, epoch, forged));

    [Fact]
    public void AnyHistory_KeepsTheBooks() => GenStep.Array[1, 80].Sample(
        steps =>
        {
            var contract = new ChannelContract(Domain, ContractWorld.Token);
            var (state, now) = (ContractState.Empty, 1_000UL);
            foreach (var payer in Keys.Take(Payers))
            {
                state = contract.Execute(state, new FaucetTransaction(payer.Address, new TokenAmount(1000), default), now).State;
                state = contract.Execute(state, DepositTransaction.Create(Domain, payer, 0, default, new TokenAmount(500)), now).State;
            }

            foreach (var step in steps)
            {
                now += step.Percent / 4;
                var after = contract.Execute(state, Transaction(state, step, now), now).State;
                ContractInvariants.Check(after);
                CheckStep(state, after, step);
                state = after;
            }
        },
        iter: 300);

    /// <summary>What one step may never do, whatever it was.</summary>
    private static void CheckStep(ContractState before, ContractState after, Step step)
    {
        foreach (var (id, channel) in after.Channels)
        {
            var old = before.Channels.GetValueOrDefault(id) ?? channel with { Reserved = TokenAmount.Zero, Claimed = TokenAmount.Zero };
            Assert.InRange(channel.Epoch, old.Epoch, old.Epoch + 1);
            if (channel.Epoch == old.Epoch)
            {
                Assert.True(channel.Claimed >= old.Claimed && channel.Reserved >= old.Reserved);
            }
        }

        // A payee never loses, and with nobody's signature nothing moves.
        foreach (var relay in Keys.Skip(Payers))
        {
            Assert.True(after.Account(relay.Address).Balance >= before.Account(relay.Address).Balance);
        }

        if (step is { Forged: true, Kind: not (0 or 8) })
        {
            Assert.Same(before.Channels, after.Channels);
            Assert.Same(before.Accounts, after.Accounts);
        }
    }

    private static LedgerTransaction Transaction(ContractState state, Step step, ulong now)
    {
        var (payer, relay) = (Keys[step.Payer], Keys[Payers + step.Relay]);
        var terms = new ChannelTerms(payer.Address, payer.Address, relay.Address, relay.Address, ContractWorld.Token, Delay, default);
        var id = terms.Id(Domain);
        var channel = state.Channels.GetValueOrDefault(id);
        var epoch = unchecked((channel?.Epoch ?? 0) + (ulong)step.Epoch);
        var (reserved, claimed) = (channel?.Reserved.Units ?? 0, channel?.Claimed.Units ?? 0);
        var (amount, nonce) = (new TokenAmount(step.Percent), state.Account(payer.Address).Nonce);
        // Between what is claimed and a little more than is reserved.
        var owed = new TokenAmount(claimed + ((reserved - claimed) * step.Percent / 100));
        var forger = step.Forged ? Keys[(step.Payer + 1) % Payers] : null;
        switch (step.Kind)
        {
            case 0:
                return new FaucetTransaction(payer.Address, amount, default);
            case 1:
                var deposit = DepositTransaction.Create(Domain, payer, nonce, default, amount);
                return forger is null ? deposit : deposit with { Signature = forger.Sign(deposit.Digest(Domain)) };
            case 2:
                var withdraw = WithdrawDepositTransaction.Create(Domain, payer, nonce, default, amount);
                return forger is null ? withdraw : withdraw with { Signature = forger.Sign(withdraw.Digest(Domain)) };
            case 3 or 4:
                var open = new OpenChannel(id, new TokenAmount(reserved + step.Percent), epoch, now + 10);
                return new OpenTransaction(terms, open, (forger ?? payer).Sign(open.Digest(Domain)));
            case 5:
                var voucher = new Voucher(id, epoch, owed);
                return new ClaimTransaction([new ClaimRow(terms, voucher.Sign(Domain, forger ?? payer))], default);
            case 6:
                var close = new CooperativeClose(id, epoch, owed, now + 10);
                return new CloseTransaction(terms, close, (forger ?? payer).Sign(close.Digest(Domain)), relay.Sign(close.Digest(Domain)));
            case 7:
                var request = RequestWithdrawTransaction.Create(Domain, payer, nonce, default, id);
                return forger is null ? request : request with { Signature = forger.Sign(request.Digest(Domain)) };
            default:
                return new FinishWithdrawTransaction(id, epoch);
        }
    }

    private sealed record Step(int Kind, int Payer, int Relay, ulong Percent, int Epoch, bool Forged);
}
