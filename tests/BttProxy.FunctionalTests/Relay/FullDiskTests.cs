using System.Net;
using System.Net.Http.Headers;
using BttProxy.BitTorrent;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Tunnel;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A relay on a volume with less space than must stay free.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const int ContentBytes = 6 << 20;
    private const int Cached = 2 << 20;
    private const long MoreThanAnyVolumeHas = 1L << 50;

    // Far below the 45 s that a relay looks for metadata, and above any slow machine's answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TokenAmount Reserve = TokenAmount.FromBtt(1);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(ContentBytes, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Client_GetsWhatIsThereAndAClearRefusalForTheRest()
    {
        byte[] first;
        await using (var before = await _world.StartRelayAsync("relay", Token))
        {
            using var earlier = await RelayCustomer.CreateAsync(_world, before.Record, Reserve, Token);
            await earlier.OpenAsync(Reserve, Token);
            first = await earlier.ReadAsync(_world.InfoHash, 0, Cached, payEvery: 100_000, Token);
            Assert.Equal(Cached, first.Length);
        }

        var options = _world.RelayOptions("relay");
        options.Cache.MinFreeBytes = MoreThanAnyVolumeHas;
        await using var relay = await _world.StartRelayAsync(options, Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);

        Assert.Equal(first, await customer.ReadAsync(_world.InfoHash, 0, Cached, payEvery: 100_000, limit.Token));
        using var missing = await customer.GetContentAsync(_world.InfoHash, Cached + (1 << 20), 1 << 20, limit.Token);
        await IsRefusedAsync(missing, limit.Token);
        using var unknown = await customer.SendAsync(
            HttpMethod.Get, $"{RequestNames.Metadata}/{InfoHash.Compute("unknown"u8)}", limit.Token,
            request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", customer.Session.Token.ToHeader()));
        await IsRefusedAsync(unknown, limit.Token);
    }

    private static async Task IsRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(MessageCodec.TryDecode<Refusal>(await response.Content.ReadAsByteArrayAsync(cancellationToken), out var refusal));
        Assert.Equal(RefusalCode.Busy, refusal.Code);
        Assert.Equal("The relay's disk is full, and it has not got this yet; use another one or try again later.", refusal.Text);
    }
}
