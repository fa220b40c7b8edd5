using System.Net;
using System.Text;
using BttProxy.Devnet.Chain;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.FunctionalTests.Devnet;

/// <summary>The embedded ledger over real HTTP, through the client that relays and payers use.</summary>
public sealed class ChainHostTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bttproxy-chain-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly Secp256k1Key _payer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _session = Secp256k1Key.Generate();
    private readonly Secp256k1Key _authorizer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _payee = Secp256k1Key.Generate();
    private ChainHost _host = null!;
    private LedgerChainClient _chain = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        _chain.Dispose();
        await _host.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task ChannelsWholeLife_MovesEveryUnitWhereItBelongs()
    {
        await FundAsync(1000, 600);
        var terms = Terms(delay: 3600);
        var id = terms.Id(_chain.Domain);
        Assert.Null(await _chain.ChannelAsync(id, Cancelled));
        await OpenAsync(terms, 200);
        Assert.Equal(new ChainChannel(terms, new TokenAmount(200), TokenAmount.Zero, 0, null), await _chain.ChannelAsync(id, Cancelled));

        var prepared = await _chain.PrepareClaimAsync([Row(terms, 50), Row(terms, 40), Row(Terms(delay: 7), 1)], Cancelled);
        Assert.Null(await _chain.ReceiptAsync(prepared.TransactionId, Cancelled));
        var claim = await _chain.SubmitClaimAsync(prepared, Cancelled);
        Assert.Equal(prepared.TransactionId, claim.TransactionId);
        Assert.Equal([ClaimOutcome.Claimed, ClaimOutcome.AlreadyClaimed, ClaimOutcome.UnknownChannel], claim.Rows.Select(row => row.Outcome));
        Assert.Equal(new TokenAmount(50), claim.Rows[0].Paid);
        Assert.Equal(claim.Rows, (await _chain.SubmitClaimAsync(prepared, Cancelled)).Rows);
        Assert.Equal(claim.Rows, (await _chain.ReceiptAsync(prepared.TransactionId, Cancelled))!.Rows);

        Assert.True((await _chain.RequestWithdrawAsync(_payer, terms, Cancelled)).IsAccepted);
        Assert.Equal(ContractRejection.WithdrawTooEarly, (await _chain.FinishWithdrawAsync(terms, 0, Cancelled)).Rejection);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True((await _chain.FinishWithdrawAsync(terms, 0, Cancelled)).IsAccepted);

        await OpenAsync(terms, 100, epoch: 1);
        var close = new CooperativeClose(id, 1, new TokenAmount(30), UnixSeconds());
        var digest = close.Digest(_chain.Domain);
        Assert.True((await _chain.CooperativeCloseAsync(terms, close, _session.Sign(digest), _authorizer.Sign(digest), Cancelled)).IsAccepted);

        Assert.Equal(new TokenAmount(80), await _chain.BalanceAsync(_payee.Address, Cancelled));
        Assert.Equal(new TokenAmount(520), await _chain.DepositedAsync(_payer.Address, Cancelled));
        Assert.True((await _chain.WithdrawDepositAsync(_payer, new TokenAmount(520), Cancelled)).IsAccepted);
        Assert.Equal(new TokenAmount(920), await _chain.BalanceAsync(_payer.Address, Cancelled));
    }

    [Fact]
    public async Task Restarted_KeepsEverything()
    {
        await FundAsync(1000, 600);
        var (domain, head) = (_chain.Domain, await _chain.HeadAsync(Cancelled));
        _chain.Dispose();
        await _host.DisposeAsync();
        await StartAsync();

        Assert.Equal(domain, _chain.Domain);
        Assert.Equal(head, await _chain.HeadAsync(Cancelled));
        Assert.Equal(new TokenAmount(400), await _chain.BalanceAsync(_payer.Address, Cancelled));
        Assert.True((await _chain.DepositAsync(_payer, new TokenAmount(1), Cancelled)).IsAccepted);
    }

    [Fact]
    public async Task DepositsAtOnce_AreAllExecuted()
    {
        await FundAsync(1000, 1);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _chain.DepositAsync(_payer, new TokenAmount(10), Cancelled)));
        Assert.All(receipts, receipt => Assert.Equal(ContractRejection.None, receipt.Rejection));
        Assert.Equal(new TokenAmount(41), await _chain.DepositedAsync(_payer.Address, Cancelled));
    }

    [Fact]
    public async Task FullClaim_FitsIntoOneTransaction()
    {
        await FundAsync(1000, 1000);
        var terms = Terms(delay: 3600);
        await OpenAsync(terms, 1000);
        var rows = Enumerable.Range(1, _chain.MaxClaimRows).Select(amount => Row(terms, (ulong)amount)).ToList();
        var receipt = await _chain.SubmitClaimAsync(await _chain.PrepareClaimAsync(rows, Cancelled), Cancelled);
        Assert.All(receipt.Rows, row => Assert.Equal(ClaimOutcome.Claimed, row.Outcome));
        Assert.Equal(new TokenAmount((ulong)rows.Count), await _chain.BalanceAsync(_payee.Address, Cancelled));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"mint"}""")]
    [InlineData("""{"type":"faucet"}""")]
    [InlineData("""{"type":"faucet","to":null,"amount":"1","salt":"00"}""")]
    [InlineData("""{"type":"claim","rows":null,"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"type":"claim","rows":[null],"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"type":"claim","rows":[{"terms":null,"voucher":null}],"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"type":"finishWithdraw","channelId":"0x0000000000000000000000000000000000000000000000000000000000000000","epoch":-1}""")]
    [InlineData("""{"type":"finishWithdraw","channelId":"0x00","epoch":340282366920938463463374607431768211456}""")]
    [InlineData("""{"type":"open","terms":{"payer":"T"},"open":{"deadline":1099511627776},"signature":"0x"}""")]
    public async Task Nonsense_IsRefusedWithoutHarm(string body)
    {
        using var http = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(_host.Url, "transactions"), content, Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await _chain.FaucetAsync(_payer.Address, new TokenAmount(1), Cancelled)).IsAccepted);
    }

    [Fact]
    public async Task OversizedBody_IsRefused()
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(new byte[LedgerJson.MaxLength + 1]);
        using var response = await http.PostAsync(new Uri(_host.Url, "transactions"), content, Cancelled);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("accounts/T1")]
    [InlineData("channels/0x12")]
    [InlineData("transactions/zz")]
    public async Task UnreadablePath_IsABadRequest(string path)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(_host.Url, path), Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task LedgerGone_IsATransientFailure()
    {
        await _host.DisposeAsync();
        var failure = await Assert.ThrowsAsync<ChainException>(() => _chain.HeadAsync(Cancelled));
        Assert.True(failure.IsTransient);
        await StartAsync();
    }

    [Fact]
    public async Task SomethingElseAnswers_IsALastingFailure()
    {
        using var stranger = new LedgerChainClient(new Uri(_host.Url, "elsewhere"), _chain.Domain, _chain.Token);
        var failure = await Assert.ThrowsAsync<ChainException>(() => stranger.HeadAsync(Cancelled));
        Assert.False(failure.IsTransient);
        Assert.Contains("chain.url", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortTaken_IsRefusedClearly()
    {
        var directory = Path.Combine(_directory.FullName, "second");
        var failure = await Assert.ThrowsAsync<ChainException>(
            () => ChainHost.StartAsync(directory, new IPEndPoint(IPAddress.Loopback, _host.Url.Port), _time, NullLoggerFactory.Instance, Cancelled));
        Assert.Contains("another port", failure.Message, StringComparison.Ordinal);
    }

    private async Task StartAsync()
    {
        _host = await ChainHost.StartAsync(_directory.FullName, new IPEndPoint(IPAddress.Loopback, 0), _time, NullLoggerFactory.Instance, Cancelled);
        _chain = new LedgerChainClient(_host.Url, _host.Chain.Genesis.Domain(), _host.Chain.Genesis.Token);
    }

    private async Task FundAsync(ulong wallet, ulong deposit)
    {
        Assert.True((await _chain.FaucetAsync(_payer.Address, new TokenAmount(wallet), Cancelled)).IsAccepted);
        Assert.True((await _chain.DepositAsync(_payer, new TokenAmount(deposit), Cancelled)).IsAccepted);
    }

    private async Task OpenAsync(ChannelTerms terms, ulong amount, ulong epoch = 0)
    {
        var open = new OpenChannel(terms.Id(_chain.Domain), new TokenAmount(amount), epoch, UnixSeconds());
        var receipt = await _chain.OpenChannelAsync(terms, open, _payer.Sign(open.Digest(_chain.Domain)), Cancelled);
        Assert.Equal(ContractRejection.None, receipt.Rejection);
    }

    private ChannelTerms Terms(ulong delay) =>
        new(_payer.Address, _session.Address, _payee.Address, _authorizer.Address, _chain.Token, delay, default);

    private ClaimRow Row(ChannelTerms terms, ulong amount) =>
        new(terms, new Voucher(terms.Id(_chain.Domain), 0, new TokenAmount(amount)).Sign(_chain.Domain, _session));

    private ulong UnixSeconds() => (ulong)_time.GetUtcNow().ToUnixTimeSeconds();
}
