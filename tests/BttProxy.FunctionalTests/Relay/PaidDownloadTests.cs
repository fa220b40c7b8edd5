using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

public sealed class PaidDownloadTests : IAsyncLifetime
{
    private const int ContentBytes = 12 << 20;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(ContentBytes, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task HonestClient_GetsTheContentAndTheBooksBalance()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);

        var length = (int)_world.Content.Info.Length;
        var content = await customer.ReadAsync(_world.InfoHash, 0, length, payEvery: 100_000, Token);
        var closed = await customer.CloseAsync(customer.VoucherFor(length), Token);
        await relay.ClaimAsync(Token);
        var books = await relay.ReadBooksAsync(Token);

        for (var piece = 0; piece < _world.Content.Info.PieceCount; piece++)
        {
            var start = piece * _world.Content.Info.PieceLength;
            Assert.True(_world.Content.Info.VerifyPiece(piece, content.AsSpan(start, _world.Content.Info.PieceSize(piece))));
        }

        var owed = relay.Record.TryVerify(out var record, out _) ? record.Price.Owed(new ByteCount(length)) : default;
        Assert.Equal(VoucherRejection.Accepted, closed.Code);
        Assert.Equal(owed, closed.AcceptedTotal);
        Assert.Equal(length, books.BytesDelivered.Value);
        Assert.Equal(length, books.BytesPaid.Value);
        Assert.Equal((owed, owed, TokenAmount.Zero), (books.Accepted, books.Claimed, books.Debt));
        Assert.Equal(owed, await _world.Chain.BalanceAsync(relay.Payee, Token));
    }
}
