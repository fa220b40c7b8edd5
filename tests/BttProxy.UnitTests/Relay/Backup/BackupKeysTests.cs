using System.Security.Cryptography;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Backup;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class BackupKeysTests : IDisposable
{
    private static readonly ChannelDomain Nile = new(3448148188, TronAddress.Parse("TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4"));

    private readonly Secp256k1Key _authorizer = Secp256k1Key.FromBytes(SHA256.HashData("payee-key"u8));

    public void Dispose() => _authorizer.Dispose();

    /// <summary>HKDF-SHA256 without salt, computed apart from this code: another derivation would find no old backup.</summary>
    [Fact]
    public void Derivation_IsFrozen()
    {
        using var keys = BackupKeys.Derive(_authorizer, Nile);
        using var seal = new PageSeal(Convert.FromHexString("70cdaedbdd6a54f96485452501fdc3e9c9ff6aa340257e062fe14642407a072f"), Nile);
        using var dht = RelayIdentity.FromSeed(Convert.FromHexString("29d409e9f132bacbd97cbad2624bd9cbfc5f9337bd38a0757e3df41f8e4443ee"));

        Assert.Equal("d7eb8cb850a28200", keys.FileName);
        Assert.Equal(dht.Id, keys.Dht.Id);
        Assert.NotNull(seal.TryOpen(0, keys.Seal.Seal(Page(0))));
    }

    [Fact]
    public void EachContract_HasKeysOfItsOwn()
    {
        using var nile = BackupKeys.Derive(_authorizer, Nile);
        using var mainnet = BackupKeys.Derive(_authorizer, new ChannelDomain(728126428, Nile.Contract));
        using var other = BackupKeys.Derive(_authorizer, new ChannelDomain(Nile.ChainId, Address("contract")));

        Assert.Equal(3, new[] { nile, mainnet, other }.Select(keys => keys.FileName).Distinct().Count());
        Assert.Equal(3, new[] { nile, mainnet, other }.Select(keys => keys.Dht.Id).Distinct().Count());
        Assert.Null(mainnet.Seal.TryOpen(0, nile.Seal.Seal(Page(0, Entry(1, 5)))));
        Assert.Null(other.Seal.TryOpen(0, nile.Seal.Seal(Page(0, Entry(1, 5)))));
    }
}
