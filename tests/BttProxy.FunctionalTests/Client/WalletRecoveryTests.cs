using BttProxy.Client;
using BttProxy.Client.Fetching;
using BttProxy.Client.Recovery;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Node;
using Xunit;

namespace BttProxy.FunctionalTests.Client;

/// <summary>A computer that has nothing but the wallet, and relays that tell it what was signed before, or lie.</summary>
public class WalletRecoveryTests
{
    private const int Length = 2_000_000;
    private const int PieceLength = 128 << 10;
    private const ulong Price = 1_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NewComputer_GoesOnPayingTheOldChannel_AndNothingTwice()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour { CarriesDebt = true }, Cancellation);
        var first = await FetchAsync(market.Access, content, "one");
        await using var ledger = await market.NewComputerAsync(Cancellation);
        var access = market.Access with { Ledger = ledger };

        var recovered = Assert.Single(await new ChannelRecovery(access, null).RunAsync(Cancellation));

        Assert.Equal((RecoveryOutcome.Recovered, first.Paid), (recovered.Outcome, recovered.Signed));
        Assert.Equal(first.Paid, Assert.Single(await ledger.ChannelsAsync(relay.Id, Cancellation)).Signed);
        Assert.Equal(RecoveryOutcome.Kept, Assert.Single(await new ChannelRecovery(access, null).RunAsync(Cancellation)).Outcome);
        var second = await FetchAsync(access, content, "two");
        Assert.Equal(relay.Offer.Price.Owed(new ByteCount(Length)), second.Paid);
        Assert.Equal(first.Paid + second.Paid, relay.Earned);
        Assert.Null(Assert.Single(relay.Accounts.Values).Unordered);

        // The first computer is one fetch behind, which is within one window; it goes on too.
        var third = await FetchAsync(market.Access, content, "three");
        Assert.Equal(second.Paid, third.Paid);
        Assert.Equal(first.Paid + second.Paid + third.Paid, relay.Earned);
        // It showed its old voucher once more, and signed nothing below the new one, nor two of one amount.
        Assert.All(
            Assert.Single(relay.Accounts.Values).Vouchers.Distinct().GroupBy(static voucher => voucher.Voucher.Cumulative), static same => Assert.Single(same));
    }

    [Fact]
    public async Task ChannelThatWasNeverPaid_IsRecoveredEmpty()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        await FetchAsync(market.Access, content, "one");
        relay.Shows = static _ => null;
        await using var ledger = await market.NewComputerAsync(Cancellation);

        var recovered = Assert.Single(await new ChannelRecovery(market.Access with { Ledger = ledger }, null).RunAsync(Cancellation));

        Assert.Equal((RecoveryOutcome.Recovered, TokenAmount.Zero), (recovered.Outcome, recovered.Signed));
        Assert.Null(Assert.Single(await ledger.ChannelsAsync(relay.Id, Cancellation)).Highest);
    }

    [Theory]
    [InlineData("forged", "did not sign")]
    [InlineData("foreign channel", "another channel")]
    [InlineData("foreign signature", "did not sign")]
    [InlineData("too high", "reserves")]
    [InlineData("old epoch", "epoch")]
    [InlineData("less than claimed", "chain has paid")]
    public async Task RelayThatLies_IsNotBelieved_AndTheChannelIsLeftToWithdraw(string lie, string says)
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        await FetchAsync(market.Access, content, "one");
        var (id, account) = Assert.Single(relay.Accounts);
        var truth = account.Last!.Value;
        if (lie == "old epoch")
        {
            Assert.Equal(WithdrawalState.Closed, (await WithdrawAsync(market.Access, id)).State);
            await FetchAsync(market.Access, content, "two");
            account = Assert.Single(relay.Accounts).Value;
        }

        await ClaimAsync(market, account);
        relay.Shows = terms => Lie(lie, market, terms, id, truth);
        await using var ledger = await market.NewComputerAsync(Cancellation);
        var access = market.Access with { Ledger = ledger };

        var left = Assert.Single(await new ChannelRecovery(access, null).RunAsync(Cancellation));

        Assert.Equal(RecoveryOutcome.NotBelieved, left.Outcome);
        Assert.Contains(says, left.Detail, StringComparison.Ordinal);
        Assert.Null(await ledger.FindChannelAsync(id, Cancellation));
        var withdrawal = await WithdrawAsync(access, id);
        Assert.Equal(WithdrawalState.Waiting, withdrawal.State);
        Assert.NotNull((await market.Chain.ChannelAsync(id, Cancellation))!.WithdrawAt);
        // Nothing was signed for the liar.
        Assert.Equal(account.Last, account.Vouchers[^1]);
    }

    [Fact]
    public async Task VoucherFarAboveOurs_StopsTheChannel_AndTheRelayGetsNoSecondOne()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        await FetchAsync(market.Access, content, "one");
        var (id, account) = Assert.Single(relay.Accounts);
        // Signed by our key indeed: a stolen session key, or a ledger that was put back to last month's copy.
        relay.Shows = terms => Sign(market, terms, 0, account.Accepted + new TokenAmount(17 * Price));

        var failure = await Assert.ThrowsAsync<ClientException>(() => FetchAsync(market.Access, content, "two", TimeSpan.FromSeconds(3)));

        Assert.Equal(ExitCode.NoRelay, failure.ExitCode);
        var stored = (await market.Ledger.FindChannelAsync(id, Cancellation))!;
        Assert.Equal(account.Accepted, stored.Signed);
        Assert.Contains("one window", stored.Quarantine, StringComparison.Ordinal);
        relay.Shows = null;
        await Assert.ThrowsAsync<ClientException>(() => FetchAsync(market.Access, content, "two", TimeSpan.FromSeconds(3)));
        Assert.Single(relay.Accounts);
        Assert.Equal(WithdrawalState.Waiting, (await WithdrawAsync(market.Access, id)).State);
    }

    [Fact]
    public async Task RelayThatIsGone_TheRestComesBackAfterTheDelay_ToTheUnit()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        var chainTime = new ShiftedClock();
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), chainTime, Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        var paid = (await FetchAsync(market.Access, content, "one")).Paid;
        var (id, account) = Assert.Single(relay.Accounts);
        await ClaimAsync(market, account);
        var reserved = (await market.Chain.ChannelAsync(id, Cancellation))!.Reserved;
        await relay.DisposeAsync();
        await using var ledger = await market.NewComputerAsync(Cancellation);
        var access = market.Access with { Ledger = ledger };

        Assert.Equal(RecoveryOutcome.RelayFailed, Assert.Single(await new ChannelRecovery(access, null).RunAsync(Cancellation)).Outcome);
        var asked = await WithdrawAsync(access, id);
        Assert.Equal(WithdrawalState.Waiting, asked.State);
        Assert.Equal(asked.FinishFrom, (await WithdrawAsync(access, id)).FinishFrom);
        Assert.Equal(RecoveryOutcome.Withdrawing, Assert.Single(await new ChannelRecovery(access, null).RunAsync(Cancellation)).Outcome);

        chainTime.Shift = asked.FinishFrom!.Value.AddSeconds(3) - TimeProvider.System.GetUtcNow();
        var done = await WithdrawAsync(access, id);
        Assert.Equal((WithdrawalState.Closed, reserved - paid, paid), (done.State, done.Returned, done.Paid));
        Assert.Null((await WithdrawAsync(access, id)).Returned);
        await new DepositAccount(market.Wallet, market.Chain, new WalletTransactions(market.Wallet, market.Chain, market.Ledger, TimeProvider.System, null))
            .WithdrawAsync(null, Cancellation);
        Assert.Equal(TokenAmount.FromBtt(1) - paid, await market.Chain.BalanceAsync(market.Wallet.Address, Cancellation));
        Assert.Empty(await new ChannelRecovery(access, null).RunAsync(Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ChannelIsClosedTogether_OrElseAlone(bool refuses)
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour { RefusesToClose = refuses }, Cancellation);
        var paid = (await FetchAsync(market.Access, content, "one")).Paid;
        var (id, _) = Assert.Single(relay.Accounts);
        var reserved = (await market.Chain.ChannelAsync(id, Cancellation))!.Reserved;

        var report = await WithdrawAsync(market.Access, id);

        if (refuses)
        {
            Assert.Equal(WithdrawalState.Waiting, report.State);
            return;
        }

        Assert.Equal((WithdrawalState.Closed, reserved - paid, paid), (report.State, report.Returned, report.Paid));
        Assert.Equal(paid, await market.Chain.BalanceAsync(relay.Offer.Record.Payee, Cancellation));
        // The next download opens the same channel again, in its next epoch.
        var again = await FetchAsync(market.Access, content, "two");
        Assert.Equal(paid, again.Paid);
        Assert.Equal(1UL, Assert.Single(await market.Ledger.ChannelsAsync(relay.Id, Cancellation)).Epoch);
    }

    [Fact]
    public async Task ChannelsOnChain_AreFoundByPayer_ClosedOnesToo_AndNotOnAChainThatIsTooLong()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        await FetchAsync(market.Access, content, "one");
        var (id, account) = Assert.Single(relay.Accounts);
        Assert.Equal(WithdrawalState.Closed, (await WithdrawAsync(market.Access, id)).State);

        Assert.Equal(account.Terms, Assert.Single(await market.Chain.ChannelsOfAsync(market.Wallet.Address, null, Cancellation)));
        Assert.Empty(await market.Chain.ChannelsOfAsync(relay.Offer.Record.Payee, null, Cancellation));
        var node = new TronNode(new TronNodeOptions { Endpoints = [market.Devnet.Host.Endpoint] }, TimeProvider.System);
        using var impatient = new TronChannelChain(
            node, market.Chain.Domain, market.Chain.Token, market.Wallet.Key, new TronChannelOptions { MaxSearchedBlocks = 1 }, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<ChainException>(() => impatient.ChannelsOfAsync(market.Wallet.Address, null, Cancellation));
        Assert.Contains("too many", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProgramOnANewComputer_RecoversAndWithdraws()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        var home = await ClientHome.MakeAsync(market, [relay], Cancellation);
        await using (var fetch = home.StartFetch(content))
        {
            Assert.Equal(0, await fetch.ExitAsync(TimeSpan.FromSeconds(90), Cancellation));
        }

        Directory.CreateDirectory(home.In("new"));
        File.Copy(home.In("home/wallet.json"), home.In("new/wallet.json"));
        File.Copy(home.In("home/relays.json"), home.In("new/relays.json"));
        Assert.Contains("'bttproxy wallet recover' takes it up", await RunAsync(home, "channels", "--search"), StringComparison.Ordinal);
        Assert.Contains("recovered", await RunAsync(home, "recover"), StringComparison.Ordinal);
        var listed = await RunAsync(home, "channels");
        Assert.Contains($"signed {relay.Earned.ToBtt()}", listed, StringComparison.Ordinal);
        Assert.Contains("closed together", await RunAsync(home, "withdraw", "--channel", listed.Split("  ")[1][..12]), StringComparison.Ordinal);
        await RunAsync(home, "withdraw");
        Assert.Contains($"balance  {(TokenAmount.FromBtt(1) - relay.Earned).ToBtt()}", await RunAsync(home, "balance"), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(ClientHome home, params string[] args)
    {
        await using var child = home.Start(["wallet", .. args, "--home", home.In("new")]);
        Assert.True(await child.ExitAsync(TimeSpan.FromSeconds(90), Cancellation) == 0, child.Error);
        return child.Output;
    }

    private static async Task<DownloadResult> FetchAsync(MarketAccess access, TestContent content, string folder, TimeSpan? patience = null)
    {
        var options = new DownloadOptions
        {
            Directory = Path.Combine(Path.GetDirectoryName(access.MetadataDirectory)!, folder), Patience = patience ?? TimeSpan.FromMinutes(1),
        };
        await using var downloader = new Downloader(access, new DownloadTarget(content.Info.InfoHash, null, null), options);
        return await downloader.RunAsync(Cancellation);
    }

    private static async Task<WithdrawalReport> WithdrawAsync(MarketAccess access, ChannelId id)
    {
        var channels = await WalletChannel.SearchAsync(access.Wallet, access.Chain, access.Ledger, null, Cancellation);
        return await new ChannelWithdrawal(access, null) { InclusionTime = TimeSpan.FromSeconds(1) }
            .RunAsync(channels.Single(channel => channel.Id == id), Cancellation);
    }

    private static async Task ClaimAsync(TestMarketplace market, ChannelAccount account)
    {
        var claim = await market.Chain.PrepareClaimAsync([new ClaimRow(account.Terms, account.Last!.Value)], Cancellation);
        await market.Chain.SubmitAsync(claim.Transaction, Cancellation);
        var status = await market.Chain.ClaimStatusAsync(claim.Transaction, Cancellation);
        Assert.Equal(ClaimOutcome.Claimed, status.Rows.Single().Outcome);
    }

    private static SignedVoucher Lie(string kind, TestMarketplace market, ChannelTerms terms, ChannelId id, SignedVoucher truth)
    {
        using var stranger = Secp256k1Key.Generate();
        var more = truth.Voucher.Cumulative + new TokenAmount(1);
        var foreign = new ChannelId(new Bytes32(Enumerable.Repeat((byte)9, 32).ToArray()));
        return kind switch
        {
            "forged" => new Voucher(id, 0, more).Sign(market.Chain.Domain, stranger),
            "foreign channel" => new Voucher(foreign, 0, more).Sign(market.Chain.Domain, stranger),
            "foreign signature" => new SignedVoucher(new Voucher(id, 0, more), truth.Signature),
            "too high" => Sign(market, terms, 0, TokenAmount.FromBtt(2)),
            "old epoch" => truth,
            _ => Sign(market, terms, 0, new TokenAmount(1)),
        };
    }

    private static SignedVoucher Sign(TestMarketplace market, ChannelTerms terms, ulong epoch, TokenAmount amount)
    {
        using var key = market.Wallet.DeriveSessionKey(terms.Salt);
        return new Voucher(terms.Id(market.Chain.Domain), epoch, amount).Sign(market.Chain.Domain, key);
    }
}
