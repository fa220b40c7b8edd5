using System.Security.Cryptography;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Hosting;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>Every way to pay with something worthless gets its code, no credit and no bytes.</summary>
public sealed class VoucherCheatingTests : IAsyncLifetime
{
    private const int Window = 256 * 1024;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private MarketWorld _world = null!;
    private RelayHost _relay = null!;
    private RelayCustomer _customer = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await MarketWorld.StartAsync(4 << 20, Token);
        var options = _world.RelayOptions("relay");
        options.Credit.CreditWait = TimeSpan.FromSeconds(1);
        _relay = await _world.StartRelayAsync(options, Token);
        _customer = await RelayCustomer.CreateAsync(_world, _relay.Record, Reserve, Token);
        await _customer.OpenAsync(Reserve, Token);

        // Half the window is paid; then the window is used up, so that only an accepted voucher brings more bytes.
        await _customer.ReadAsync(_world.InfoHash, 0, Window / 2, payEvery: 0, Token);
        await _customer.PayAsync(_customer.VoucherFor(Window / 2), Token);
        await _customer.ReadAsync(_world.InfoHash, 0, Window, payEvery: 0, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _customer.Dispose();
        await _relay.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Replay_IsAnsweredAsBeforeAndCreditsNothing()
    {
        var answer = await _customer.PayAsync(_customer.VoucherFor(Window / 2), Token);

        Assert.Equal((VoucherRejection.Accepted, (long)Window / 2), (answer.Code, answer.PaidBytes.Value));
        await AssertNoBytesAsync();
    }

    [Fact]
    public async Task Lower_IsRefusedWithTheLastVoucher()
    {
        var answer = await _customer.PayAsync(_customer.VoucherFor(Window / 4), Token);

        Assert.Equal(VoucherRejection.NotAboveLast, answer.Code);
        Assert.Equal(_customer.VoucherFor(Window / 2), answer.LastVoucher);
        await AssertNoBytesAsync();
    }

    [Fact]
    public async Task Forged_IsRefused()
    {
        using var stranger = Secp256k1Key.Generate();
        var answer = await _customer.PayAsync(_customer.Voucher(NextAmount, signer: stranger), Token);

        Assert.Equal(VoucherRejection.WrongSigner, answer.Code);
        await AssertNoBytesAsync();
    }

    [Fact]
    public Task ForAnotherChannel_IsRefused() =>
        RefusedAsync(_customer.Voucher(NextAmount, channel: new ChannelId(new Bytes32(RandomNumberGenerator.GetBytes(32)))));

    [Fact]
    public async Task ForAnotherRelay_IsRefused()
    {
        await using var other = await _world.StartRelayAsync("other", Token);
        Assert.True(other.Record.TryVerify(out var record, out _));
        var terms = _customer.Terms;
        var elsewhere = new ChannelTerms(
            terms.Payer, terms.Signer, record.Payee, record.PayeeAuthorizer, terms.Token, terms.WithdrawDelay, terms.Salt);

        await RefusedAsync(_customer.Voucher(NextAmount, channel: elsewhere.Id(_world.Network.Domain)));
    }

    [Fact]
    public Task ForAnotherChain_IsRefused() =>
        RefusedAsync(_customer.Voucher(NextAmount, domain: new ChannelDomain(_world.Network.ChainId + 1, _world.Network.Contract)));

    [Fact]
    public Task ForAnotherContract_IsRefused() =>
        RefusedAsync(_customer.Voucher(NextAmount, domain: new ChannelDomain(_world.Network.ChainId, _world.Network.Token)));

    [Fact]
    public async Task FlippedRecoveryId_IsRefused()
    {
        var signature = _customer.Voucher(NextAmount).Signature.ToArray();
        signature[64] = (byte)(55 - signature[64]);

        var answer = await _customer.PayAsync(new SignedVoucher(new Voucher(_customer.ChannelId, 0, NextAmount), new RecoverableSignature(signature)), Token);

        Assert.Contains(answer.Code, (VoucherRejection[])[VoucherRejection.WrongSigner, VoucherRejection.BadSignature]);
        await AssertNoBytesAsync();
    }

    [Fact]
    public async Task MoreThanReserved_IsRefused()
    {
        var answer = await _customer.PayAsync(_customer.Voucher(new TokenAmount(Reserve.Units + 1)), Token);

        Assert.Equal(VoucherRejection.AboveReserved, answer.Code);
        await AssertNoBytesAsync();
    }

    [Fact]
    public async Task FarAheadOfDelivery_IsRefused()
    {
        var answer = await _customer.PayAsync(_customer.VoucherFor(100 * Window), Token);

        Assert.Equal(VoucherRejection.AheadOfDelivery, answer.Code);
    }

    [Fact]
    public async Task FloodOfForgeries_IsRefusedUnread()
    {
        using var stranger = Secp256k1Key.Generate();
        var forged = _customer.Voucher(NextAmount, signer: stranger);
        VoucherRejection code;
        var sent = 0;
        do
        {
            code = (await _customer.PayAsync(forged, Token)).Code;
        }
        while (code == VoucherRejection.WrongSigner && ++sent < 1000);

        Assert.Equal(VoucherRejection.TooManyInvalid, code);
        Assert.InRange(sent, 1, 60);
    }

    [Fact]
    public async Task SameVoucherOn64ConcurrentRequests_IsCreditedOnce()
    {
        var voucher = _customer.VoucherFor(_customer.Received);
        var before = await _relay.ReadBooksAsync(Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => _customer.PayAsync(voucher, Token)));
        var after = await _relay.ReadBooksAsync(Token);

        Assert.All(answers, a => Assert.Equal(answers[0], a));
        Assert.Equal(VoucherRejection.Accepted, answers[0].Code);
        Assert.Equal(voucher.Voucher.Cumulative, after.Accepted);
        Assert.Equal(_customer.Received, after.BytesPaid.Value);
        Assert.True(before.Accepted < after.Accepted);

        // One window and no more: a voucher credited twice would give two.
        var more = await _customer.ReadAsync(_world.InfoHash, 0, 4 * Window, payEvery: 0, Token);
        Assert.Equal(answers[0].Window.Value, more.Length);
    }

    private TokenAmount NextAmount => _customer.Account.CumulativeFor(new ByteCount(_customer.Received));

    private async Task RefusedAsync(SignedVoucher voucher)
    {
        var answer = await _customer.PayAsync(voucher, Token);

        Assert.Equal(VoucherRejection.WrongSigner, answer.Code);
        await AssertNoBytesAsync();
    }

    private async Task AssertNoBytesAsync() =>
        Assert.Empty(await _customer.ReadAsync(_world.InfoHash, 0, Window, payEvery: 0, Token));
}
