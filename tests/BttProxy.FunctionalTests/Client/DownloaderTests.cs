using BttProxy.Client;
using BttProxy.Client.Fetching;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Client;

public class DownloaderTests(ITestOutputHelper output)
{
    private const int Length = 6_000_000;
    private const int PieceLength = 256 << 10;
    private const ulong Price = 1_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HonestRelay_IsPaidExactlyWhatIsOwed()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);

        var result = await FetchAsync(market, content);

        Assert.Equal(content.Sha256, result.Digests!.Content);
        Assert.Equal(relay.Offer.Price.Owed(new ByteCount(Length)), result.Paid);
        Assert.Equal(result.Paid, relay.Earned);
        Assert.Equal(Length, relay.Delivered);
        AssertOrdered(relay);
        output.WriteLine($"{relay.Accounts.Values.Single().Vouchers.Count} vouchers in {result.Duration.TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task CompleteDownload_IsVerifiedAgain_AndCostsNothing()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        await FetchAsync(market, content);
        var paid = relay.Earned;

        var again = await FetchAsync(market, content);

        Assert.Equal(content.Sha256, again.Digests!.Content);
        Assert.Equal((TokenAmount.Zero, 0L), (again.Paid, again.FetchedBytes));
        Assert.Equal(paid, relay.Earned);
    }

    [Fact]
    public async Task SecondDownload_UsesTheSameChannel()
    {
        var first = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(first, Price, new RelayBehaviour(), Cancellation);
        var one = await FetchAsync(market, first);
        Directory.Delete(market.Downloads, recursive: true);

        var two = await FetchAsync(market, first);

        Assert.Single(relay.Accounts);
        Assert.Equal(one.Paid + two.Paid, relay.Earned);
        AssertOrdered(relay);
    }

    [Fact]
    public async Task RelayThatServesWrongBytes_IsNotPaidForThem_AndIsBanned()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var cheat = await market.AddRelayAsync(content, Price, new RelayBehaviour { CorruptAt = (3 * PieceLength) + 77 }, Cancellation);
        var honest = await market.AddRelayAsync(content, 100 * Price, new RelayBehaviour(), Cancellation);

        var result = await FetchAsync(market, content);

        Assert.Equal(content.Sha256, result.Digests!.Content);
        Assert.Equal([cheat.Id], market.Banned);
        Assert.Contains(result.Relays, use => use.Relay == cheat.Id && use.Reason == LeaveReason.WrongBytes);
        Assert.Contains(result.Relays, use => use.Relay == honest.Id && use.Reason == LeaveReason.Finished);
        var verifiedFromCheat = new ByteCount(Length - result.Relays.Single(use => use.Relay == honest.Id).Bytes);
        var loss = cheat.Earned.SubtractSaturating(cheat.Offer.Price.Owed(verifiedFromCheat));
        var bound = cheat.Offer.Price.Owed(new ByteCount(Math.Max(1 << 20, PieceLength)));
        output.WriteLine($"paid to the cheat beyond its good pieces: {loss} units, bound {bound} (one window)");
        Assert.True(loss <= bound, $"{loss} > {bound}");
        AssertOrdered(cheat);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RelayThatStopsInsideAPiece_CostsSecondsNotData(bool dies)
    {
        const long StopAt = (5 * PieceLength) + (PieceLength / 2);
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var behaviour = dies ? new RelayBehaviour { DieAfter = StopAt } : new RelayBehaviour { StallAfter = StopAt };
        var failing = await market.AddRelayAsync(content, Price, behaviour, Cancellation);
        var next = await market.AddRelayAsync(content, 100 * Price, new RelayBehaviour(), Cancellation);

        var result = await FetchAsync(market, content);

        Assert.Equal(content.Sha256, result.Digests!.Content);
        var left = result.Relays.First(use => use.Relay == failing.Id);
        Assert.Equal(dies ? LeaveReason.ConnectionLost : LeaveReason.Stalled, left.Reason);
        // Nothing that arrived was fetched again: the next relay continued inside the piece.
        Assert.Equal(Length, result.Relays.Sum(use => use.Bytes));
        Assert.True(failing.Earned <= failing.Offer.Price.Owed(new ByteCount(left.Bytes)));
        output.WriteLine($"{left.Bytes} bytes kept of {failing.Delivered} sent; the next relay sent {next.Delivered}; {result.Duration.TotalSeconds:0.0} s in all");
    }

    [Fact]
    public async Task PieceMixedFromTwoRelaysThatFails_IsFetchedFromOne_AndNobodyIsBlamed()
    {
        const long StopAt = (2 * PieceLength) + (PieceLength / 2);
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var liar = await market.AddRelayAsync(
            content, Price, new RelayBehaviour { CorruptAt = (2 * PieceLength) + 5, StallAfter = StopAt }, Cancellation);
        var honest = await market.AddRelayAsync(content, 100 * Price, new RelayBehaviour(), Cancellation);

        var result = await FetchAsync(market, content);

        Assert.Equal(content.Sha256, result.Digests!.Content);
        Assert.Empty(market.Banned);
        Assert.Equal(LeaveReason.Finished, Assert.Single(result.Relays, use => use.Relay == honest.Id).Reason);
        // The honest part of the mixed piece is lost with the other part: less than one piece.
        var unpaid = honest.Offer.Price.Owed(new ByteCount(honest.Delivered)) - honest.Earned;
        Assert.True(unpaid < honest.Offer.Price.Owed(new ByteCount(PieceLength)), unpaid.ToString());
        output.WriteLine($"the honest relay is not paid {unpaid} of {honest.Earned + unpaid} units because of the other's lie; the liar got {liar.Earned}");
    }

    [Fact]
    public async Task ConnectionsThatFreezeAfterAFewKilobytes_AreRecognised()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        await market.AddRelayAsync(content, Price, new RelayBehaviour { FreezeAfter = 16_384, ChunkBytes = 4096 }, Cancellation);

        var failure = await Assert.ThrowsAsync<ClientException>(
            () => FetchAsync(market, content, options => options with { Patience = TimeSpan.FromSeconds(7) }));

        Assert.Equal(ExitCode.NoRelay, failure.ExitCode);
        Assert.Contains("freeze", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryRelayTooDear_IsSaidAtOnce()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);

        var failure = await Assert.ThrowsAsync<ClientException>(
            () => FetchAsync(market, content, options => options with { MaximumPrice = new PricePerMegabyte(Price - 1) }));

        Assert.Equal(ExitCode.TooDear, failure.ExitCode);
        Assert.Contains("--max-price", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DearRelay_IsNotUsed_WhenAnotherIsWithinTheLimit()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var dear = await market.AddRelayAsync(content, Price + 1, new RelayBehaviour(), Cancellation);
        var fair = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);

        await FetchAsync(market, content, options => options with { MaximumPrice = new PricePerMegabyte(Price) });

        Assert.Equal((0L, (long)Length), (dear.Delivered, fair.Delivered));
    }

    [Fact]
    public async Task Budget_StopsBeforeItIsExceeded_AndTheRestComesLater()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        var budget = relay.Offer.Price.Owed(new ByteCount((4 * PieceLength) + 1000));

        var failure = await Assert.ThrowsAsync<ClientException>(() => FetchAsync(market, content, options => options with { Budget = budget }));

        Assert.Equal(ExitCode.TooDear, failure.ExitCode);
        Assert.True(relay.Earned <= budget);
        Assert.Equal(relay.Offer.Price.Owed(new ByteCount(4 * PieceLength)), relay.Earned);

        var rest = await FetchAsync(market, content);
        Assert.Equal(content.Sha256, rest.Digests!.Content);
        Assert.Equal(Length - (4 * PieceLength), rest.FetchedBytes);
        AssertOrdered(relay);
    }

    [Fact]
    public async Task EmptyWallet_IsToldToBeFilled()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.Zero, Cancellation);
        await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);

        var failure = await Assert.ThrowsAsync<ClientException>(() => FetchAsync(market, content));

        Assert.Equal(ExitCode.Funds, failure.ExitCode);
        Assert.Contains(market.Wallet.Address.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoRelay_IsSaidWithTheReason()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.Zero, Cancellation);

        var failure = await Assert.ThrowsAsync<ClientException>(() => FetchAsync(market, content));

        Assert.Equal(ExitCode.NoRelay, failure.ExitCode);
        Assert.Contains(market.Explanation, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RelaysThatRefuse_AreListedWithTheirReasons()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        await market.AddRelayAsync(content, Price, new RelayBehaviour { Refuses = SessionRejection.ExposureExceeded }, Cancellation);

        var failure = await Assert.ThrowsAsync<ClientException>(
            () => FetchAsync(market, content, options => options with { Patience = TimeSpan.FromSeconds(2) }));

        Assert.Equal(ExitCode.NoRelay, failure.ExitCode);
        Assert.Contains(nameof(SessionRejection.ExposureExceeded), failure.Message, StringComparison.Ordinal);
    }

    [Theory] // [31: the loop of an exhausted channel]
    [InlineData(SessionRejection.ChannelExhausted)]
    [InlineData(SessionRejection.WrongSigner)]
    public async Task SessionRefusedEachTime_IsAskedForThreeTimesAtMost(SessionRejection refusal)
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour { Refuses = refusal }, Cancellation);

        var failure = await Assert.ThrowsAsync<ClientException>(
            () => FetchAsync(market, content, options => options with { Patience = TimeSpan.FromSeconds(3) }));

        Assert.Contains(refusal.ToString(), failure.Message, StringComparison.Ordinal);
        Assert.InRange(relay.Opens, 1, 3);
        Assert.Equal(TokenAmount.Zero, relay.Earned);
    }

    [Fact]
    public async Task InventedDebt_IsNotPaid()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var greedy = await market.AddRelayAsync(content, Price, new RelayBehaviour { InventedDebt = new TokenAmount(1) }, Cancellation);
        var fair = await market.AddRelayAsync(content, 10 * Price, new RelayBehaviour(), Cancellation);

        var result = await FetchAsync(market, content);

        Assert.Equal((TokenAmount.Zero, 0L), (greedy.Earned, greedy.Delivered));
        Assert.Equal(fair.Earned, result.Paid);
        Assert.Contains(result.Relays, use => use.Relay == greedy.Id && use.Reason == LeaveReason.PaymentDispute);
    }

    [Fact]
    public async Task RefusedVoucher_EndsTheStay_AndTheNextRelayTakesOver()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var strange = await market.AddRelayAsync(content, Price, new RelayBehaviour { RejectsVouchers = VoucherRejection.WrongSigner }, Cancellation);
        await market.AddRelayAsync(content, 10 * Price, new RelayBehaviour(), Cancellation);

        var result = await FetchAsync(market, content);

        Assert.Equal(content.Sha256, result.Digests!.Content);
        Assert.Contains(result.Relays, use => use.Relay == strange.Id && use.Reason == LeaveReason.PaymentDispute);
    }

    [Fact]
    public async Task LostVoucherAnswers_AreAskedForAgain_WithTheSameVoucher()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour { LostAnswers = 2 }, Cancellation);

        var result = await FetchAsync(market, content);

        Assert.Equal(relay.Offer.Price.Owed(new ByteCount(Length)), relay.Earned);
        Assert.Equal(result.Paid, relay.Earned);
        var vouchers = relay.Accounts.Values.Single().Vouchers;
        Assert.Equal(vouchers[0], vouchers[1]);
        AssertOrdered(relay);
    }

    [Fact]
    public async Task Interrupted_KeepsVerifiedPieces_AndPaysThem()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour { Pace = TimeSpan.FromMilliseconds(20) }, Cancellation);
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using (var downloader = NewDownloader(market, content))
        {
            var running = downloader.RunAsync(interrupt.Token);
            while (downloader.Progress.VerifiedPieces < 4)
            {
                await Task.Delay(5, Cancellation);
            }

            await interrupt.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        var kept = relay.Earned;
        Assert.True(kept >= relay.Offer.Price.Owed(new ByteCount(4 * PieceLength)));
        var rest = await FetchAsync(market, content);
        Assert.Equal(content.Sha256, rest.Digests!.Content);
        Assert.True(rest.FetchedBytes <= Length - (4 * PieceLength));
        AssertOrdered(relay);
    }

    private static Downloader NewDownloader(TestMarketplace market, TestContent content, Func<DownloadOptions, DownloadOptions>? change = null)
    {
        var options = new DownloadOptions { Directory = market.Downloads, StallTimeout = TimeSpan.FromSeconds(5), FirstByteTimeout = TimeSpan.FromSeconds(10) };
        var target = new DownloadTarget(content.Info.InfoHash, null, null);
        return new Downloader(market.Access, target, change is null ? options : change(options));
    }

    private static async Task<DownloadResult> FetchAsync(
        TestMarketplace market, TestContent content, Func<DownloadOptions, DownloadOptions>? change = null)
    {
        await using var downloader = NewDownloader(market, content, change);
        return await downloader.RunAsync(Cancellation).WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
    }

    private static void AssertOrdered(TestRelay relay) => Assert.All(relay.Accounts.Values, static account => Assert.Null(account.Unordered));
}
