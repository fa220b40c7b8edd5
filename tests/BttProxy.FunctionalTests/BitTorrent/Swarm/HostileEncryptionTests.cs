using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Who abuses the encryption handshake gets no connection, holds no place for longer than others, and disturbs nobody.</summary>
public sealed class HostileEncryptionTests
{
    /// <summary>What the other side does, and as what its end is counted.</summary>
    public static TheoryData<string, string> Attacks => new()
    {
        { "key of zeros", nameof(DropReason.HandshakeFailed) },
        { "key of one", nameof(DropReason.HandshakeFailed) },
        { "largest key", nameof(DropReason.HandshakeFailed) },
        { "padding without end", nameof(DropReason.HandshakeFailed) },
        { "padding one byte at a time", nameof(DropReason.HandshakeTimeout) },
        { "key and silence", nameof(DropReason.HandshakeTimeout) },
        { "key and gone", nameof(DropReason.HandshakeFailed) },
        { "handshake in clear", nameof(DropReason.HandshakeFailed) },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task PeerWeDial_MustEncryptProperly(string attack, string expected)
    {
        await using var world = await RequiringAsync();
        await using var attacker = RawPeer.Start(connection => AttackAsync(attack, connection, world.Info.InfoHash));
        var torrent = await world.DownloadAsync(attacker);
        await world.UntilEndedAsync(Enum.Parse<DropReason>(expected));

        await world.FinishAsync(torrent);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task PeerThatDialsUs_MustEncryptProperly(string attack, string expected)
    {
        await using var world = await RequiringAsync();
        var torrent = await world.DownloadAsync();
        using var connection = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint);
        await AttackAsync(attack, connection, world.Info.InfoHash);
        await world.UntilEndedAsync(attack == "handshake in clear" ? DropReason.NotEncrypted : Enum.Parse<DropReason>(expected));

        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task NameOfAnUnknownTorrent_IsRefused()
    {
        await using var world = await RequiringAsync();
        var torrent = await world.DownloadAsync();
        using var connection = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint);
        await ShakeAsync(connection, InfoHash.Compute("another"u8), CryptoMethods.Rc4);
        await world.UntilEndedAsync(DropReason.HandshakeFailed);

        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task OfferOfClearBytesOnly_IsRefusedWhereEncryptionIsRequired()
    {
        await using var world = await RequiringAsync();
        var torrent = await world.DownloadAsync();
        using var connection = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint);
        await ShakeAsync(connection, world.Info.InfoHash, CryptoMethods.Plaintext);
        await world.UntilEndedAsync(DropReason.HandshakeFailed);

        await world.FinishAsync(torrent);
    }

    private static Task<HostileWorld> RequiringAsync() =>
        HostileWorld.CreateAsync(options => options with { Encryption = EncryptionPolicy.Require });

    private static async Task ShakeAsync(RawConnection connection, InfoHash infoHash, CryptoMethods offered)
    {
        try
        {
            await EncryptionNegotiation.RunAsync(
                connection.Stream, new InitiatorHandshake(KeyExchange.Create(), infoHash, offered, []), received: default, connection.Cancel);
        }
        catch (IOException)
        {
            // Closed, as it should be.
        }
    }

    private static async Task AttackAsync(string attack, RawConnection connection, InfoHash infoHash)
    {
        var key = new byte[KeyExchange.Length];
        KeyExchange.Create().WritePublicKey(key);
        switch (attack)
        {
            case "key of zeros":
                await connection.SendRawAsync(new byte[KeyExchange.Length]);
                break;
            case "key of one":
                await connection.SendRawAsync([.. new byte[KeyExchange.Length - 1], 1]);
                break;
            case "largest key":
                Array.Fill(key, byte.MaxValue);
                await connection.SendRawAsync(key);
                break;
            case "padding without end":
                await FloodAsync(connection, key);
                break;
            case "padding one byte at a time":
                await connection.SendRawAsync(key);
                await DribbleAsync(connection);
                break;
            case "key and silence":
                await connection.SendRawAsync(key);
                break;
            case "key and gone":
                await connection.SendRawAsync(key);
                connection.Dispose();
                return;
            case "handshake in clear":
                await connection.SendHandshakeAsync(infoHash, PeerId.Create());
                break;
        }
        await connection.IsClosedAsync();
    }

    private static async Task FloodAsync(RawConnection connection, byte[] key)
    {
        try
        {
            await connection.SendRawAsync(key);
            for (var i = 0; i < 1000; i++)
            {
                await connection.SendRawAsync(new byte[1000]);
            }
        }
        catch (IOException)
        {
            // Closed in the middle, as it should be.
        }
    }

    private static async Task DribbleAsync(RawConnection connection)
    {
        try
        {
            for (var i = 0; i < 100; i++)
            {
                await connection.SendRawAsync(0);
                await Task.Delay(100, connection.Cancel);
            }
        }
        catch (IOException)
        {
            // Closed, as it should be.
        }
    }
}
