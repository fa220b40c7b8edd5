using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Devnet.World;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>Pages of vouchers in a real DHT on loopback.</summary>
public sealed class DhtBackupTests : IAsyncLifetime
{
    private static readonly ConnectGuard Guard = new(new ConnectGuardOptions { AllowPrivateAddresses = true });
    private static readonly ChannelDomain Domain = new(1, TronAddress.Zero);

    private readonly Secp256k1Key _authorizer = Secp256k1Key.Generate();
    private readonly BackupKeys _keys;
    private DhtCluster _cluster = null!;
    private DhtNode _node = null!;

    // A node paces what it asks of one address, and here five addresses are the whole network.
    private DhtNode _reader = null!;

    public DhtBackupTests() => _keys = BackupKeys.Derive(_authorizer, Domain);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await DhtCluster.StartAsync(5, IPAddress.Loopback, Guard, TimeProvider.System, NullLoggerFactory.Instance, Token);
        _node = await JoinAsync();
        _reader = await JoinAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _reader.DisposeAsync();
        await _cluster.DisposeAsync();
        _keys.Dispose();
        _authorizer.Dispose();
    }

    [Fact]
    public async Task Written_IsReadByAnotherNodeWithTheSameKey()
    {
        var target = await ReadTargetAsync();
        var page = new BackupPage(0, [Entry(5), Entry(6, salt: 2)]);
        Assert.True(await target.TryWriteAsync(page, Token));

        var read = await ReadAsync();

        Assert.Equal(page.Entries, Assert.Single(read.Pages).Entries);
        await target.RefreshAsync(Token);
        Assert.Equal(page.Entries, Assert.Single((await ReadAsync()).Pages).Entries);
    }

    [Fact]
    public async Task RelaysIdentity_IsNotInTheItems()
    {
        await (await ReadTargetAsync()).TryWriteAsync(new BackupPage(0, [Entry(5)]), Token);

        var item = await ItemAsync();
        Assert.Equal(996, item.Value.Length);
        Assert.True(item.Value.Span.IndexOf(_authorizer.Address.Span) < 0);
        Assert.Equal(_keys.Dht.Id.Value.ToArray(), item.PublicKey.ToArray());
    }

    [Fact]
    public async Task OldItemPutAgainByAStranger_DoesNotLowerTheBackup()
    {
        var target = await ReadTargetAsync();
        await target.TryWriteAsync(new BackupPage(0, [Entry(5)]), Token);
        var old = await ItemAsync();
        await target.TryWriteAsync(new BackupPage(0, [Entry(9)]), Token);

        await _node.PutMutableAsync(old, cas: null, Token);

        Assert.Equal([Entry(9)], (await ReadAsync()).Pages[0].Entries);
    }

    [Fact]
    public async Task WriterThatHasNotRead_IsToldSoAndLowersNothing()
    {
        await (await ReadTargetAsync()).TryWriteAsync(new BackupPage(0, [Entry(9)]), Token);

        Assert.False(await Target().TryWriteAsync(new BackupPage(0, [Entry(5)]), Token));

        var read = await ReadAsync();
        Assert.Equal(new TokenAmount(9), read.Entries.Max(entry => entry.Voucher.Voucher.Cumulative));
    }

    [Fact]
    public async Task NodesThatHoldAnOlderVersion_AreBroughtUpToDate()
    {
        var (slow, quick) = (await ReadTargetAsync(), await ReadTargetAsync());
        await quick.TryWriteAsync(new BackupPage(0, [Entry(5)]), Token);
        Assert.False(await slow.TryWriteAsync(new BackupPage(0, [Entry(4)]), Token));

        await slow.ReadAsync(Token);
        Assert.True(await slow.TryWriteAsync(new BackupPage(0, [Entry(9)]), Token));

        var read = await ReadAsync();
        Assert.Equal([Entry(9)], read.Pages[0].Entries);
    }

    [Fact]
    public async Task NoDht_IsAnErrorNotAnEmptyBackup()
    {
        await using var alone = new DhtNode(
            new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0), Guard = Guard }, TimeProvider.System, NullLoggerFactory.Instance);
        await alone.StartAsync(Token);

        await Assert.ThrowsAsync<BackupException>(() => new DhtTarget(alone, _keys, TimeProvider.System).ReadAsync(Token));
    }

    private static BackupEntry Entry(ulong amount, byte salt = 1)
    {
        var terms = new ChannelTerms(default, default, default, default, default, 3600, new Bytes32([.. Enumerable.Repeat(salt, 32)]));
        return new BackupEntry(terms, new SignedVoucher(new Voucher(terms.Id(Domain), 0, new TokenAmount(amount)), default));
    }

    private async Task<DhtNode> JoinAsync()
    {
        var node = new DhtNode(
            new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0), Bootstrap = _cluster.Bootstrap, Guard = Guard },
            TimeProvider.System, NullLoggerFactory.Instance);
        await node.StartAsync(Token);
        await node.BootstrapAsync(Token);
        return node;
    }

    private Task<BackupCopy> ReadAsync() => new DhtTarget(_reader, _keys, TimeProvider.System).ReadAsync(Token);

    private DhtTarget Target() => new(_node, _keys, TimeProvider.System);

    private async Task<DhtTarget> ReadTargetAsync()
    {
        var target = Target();
        await target.ReadAsync(Token);
        return target;
    }

    private async Task<DhtMutableItem> ItemAsync() =>
        (await _reader.GetMutableAsync(_keys.Dht.Id.Value.ToArray(), "0"u8.ToArray(), Token)).Item!;
}
