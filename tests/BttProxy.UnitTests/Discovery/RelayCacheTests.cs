using BttProxy.Discovery.Caching;
using BttProxy.Protocol.Keys;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Discovery;

public sealed class RelayCacheTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeLogCollector _logs = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_directory.FullName, "state", "relays.json");

    private int Warnings => _logs.GetSnapshot().Count(log => log.Level >= LogLevel.Warning);

    [Fact]
    public async Task SavedRelaysAndBans_SurviveARestart()
    {
        using var relay = new TestRelay(_time);
        using var cheat = new TestRelay(_time);
        using (var cache = await OpenAsync())
        {
            cache.Remember(relay.Sign(), relay.Record);
            cache.MarkUsed(relay.Id);
            await cache.BanAsync(cheat.Id, Token);
        }

        using var reopened = await OpenAsync();
        var entry = Assert.Single(reopened.Relays());
        Assert.Equal(relay.Sign(), entry.Signed);
        Assert.Equal(relay.Record.Payee, entry.Record.PayeeAuthorizer);
        Assert.Equal(_time.GetUtcNow(), entry.SeenAt);
        Assert.True(entry.WasUsed);
        Assert.True(reopened.IsBanned(cheat.Id));
        Assert.Equal(0, Warnings);
    }

    [Fact]
    public async Task OlderRecord_NeverReplacesANewerOne()
    {
        using var relay = new TestRelay(_time);
        var old = relay.Sign();
        relay.Seq++;
        using var cache = await OpenAsync();

        cache.Remember(relay.Sign(), relay.Record);
        cache.Remember(old, relay.Record);

        Assert.Equal(relay.Seq, cache.Find(relay.Id)!.Signed.Seq);
    }

    [Fact]
    public async Task SevenDaysUnseen_IsForgotten()
    {
        using var relay = new TestRelay(_time);
        using var cache = await OpenAsync();
        cache.Remember(relay.Sign(), relay.Record);

        _time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.Single(cache.Relays());

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(cache.Relays());
        Assert.Null(cache.Find(relay.Id));
    }

    [Fact]
    public async Task FullCache_KeepsRelaysThatServedUs()
    {
        using var cache = await OpenAsync(new RelayCacheOptions { Path = FilePath, Capacity = 3 });
        using var used = new TestRelay(_time);
        cache.Remember(used.Sign(), used.Record);
        cache.MarkUsed(used.Id);
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            using var relay = new TestRelay(_time);
            cache.Remember(relay.Sign(), relay.Record);
        }

        Assert.Equal(3, cache.Relays().Count);
        Assert.Equal(used.Id, cache.Relays()[0].Signed.Id);
    }

    [Fact]
    public async Task Ban_HoldsForADayAndHidesTheRelay()
    {
        using var relay = new TestRelay(_time);
        using var cache = await OpenAsync();
        cache.Remember(relay.Sign(), relay.Record);

        await cache.BanAsync(relay.Id, Token);

        Assert.Empty(cache.Relays());
        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.True(cache.IsBanned(relay.Id));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(cache.IsBanned(relay.Id));
        Assert.Single(cache.Relays());
    }

    [Fact]
    public async Task TooManyBans_DropTheOnesThatEndFirst()
    {
        using var cache = await OpenAsync(new RelayCacheOptions { BanCapacity = 2 });
        var ids = new List<RelayId>();
        for (var i = 0; i < 3; i++)
        {
            using var relay = new TestRelay(_time);
            ids.Add(relay.Id);
            await cache.BanAsync(relay.Id, Token);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([false, true, true], ids.Select(cache.IsBanned));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"relays":[],"bans":[]}""")]
    [InlineData("""{"version":1,"relays":[{"record":"%%%"}],"bans":[]}""")]
    [InlineData("""{"version":1,"relays":null,"bans":null}""")]
    public async Task CorruptFile_IsOneWarningAndAFreshStart(string content)
    {
        using var relay = new TestRelay(_time);
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, content, Token);

        using var cache = await OpenAsync();
        Assert.Empty(cache.Relays());
        cache.Remember(relay.Sign(), relay.Record);
        await cache.SaveAsync(Token);

        Assert.Equal(1, Warnings);
        using var reopened = await OpenAsync();
        Assert.Single(reopened.Relays());
        Assert.Equal(1, Warnings);
    }

    [Fact]
    public async Task HostileEntries_AreDroppedAndGoodOnesKept()
    {
        using var relay = new TestRelay(_time);
        var forged = relay.Sign().Encode();
        forged[^1] ^= 1;
        var document = new RelayCacheDocument(
            RelayCacheDocument.CurrentVersion,
            [null!, new(null, 0, false), new([], 0, false), new(new byte[5000], 0, false), new(forged, 0, false),
                new(relay.Sign().Encode(), long.MaxValue, false)],
            [null!, new(null, 1), new("not an id", 1), new(relay.Id.ToString(), long.MinValue)]);
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllBytesAsync(FilePath, document.ToJson(), Token);

        using var cache = await OpenAsync();

        Assert.Equal(_time.GetUtcNow(), Assert.Single(cache.Relays()).SeenAt);
        Assert.False(cache.IsBanned(relay.Id));
    }

    [Fact]
    public async Task FileOfAnySize_IsNotReadIntoMemory()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await using (var file = File.Create(FilePath))
        {
            file.SetLength(RelayCacheDocument.MaxBytes + 1);
        }

        using var cache = await OpenAsync();

        Assert.Empty(cache.Relays());
        Assert.Equal(1, Warnings);
    }

    [Fact]
    public async Task BanOfAnEndlessFile_EndsAfterADay()
    {
        using var relay = new TestRelay(_time);
        var document = new RelayCacheDocument(RelayCacheDocument.CurrentVersion, [], [new(relay.Id.ToString(), long.MaxValue)]);
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllBytesAsync(FilePath, document.ToJson(), Token);

        using var cache = await OpenAsync();
        _time.Advance(TimeSpan.FromHours(24));

        Assert.False(cache.IsBanned(relay.Id));
    }

    [Fact]
    public async Task TwoProcesses_LoseNothingOfEachOther()
    {
        using var one = new TestRelay(_time);
        using var two = new TestRelay(_time);
        using var cheat = new TestRelay(_time);
        using var first = await OpenAsync();
        using var second = await OpenAsync();

        first.Remember(one.Sign(), one.Record);
        await first.BanAsync(cheat.Id, Token);
        second.Remember(two.Sign(), two.Record);
        await second.SaveAsync(Token);

        using var third = await OpenAsync();
        Assert.Equal(2, third.Relays().Count);
        Assert.True(third.IsBanned(cheat.Id));
    }

    [Fact]
    public async Task UnwritablePlace_IsOneWarningAndNoFailure()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "state"), "a file where the directory should be", Token);
        using var relay = new TestRelay(_time);
        using var cache = await OpenAsync();

        cache.Remember(relay.Sign(), relay.Record);
        await cache.SaveAsync(Token);
        await cache.SaveAsync(Token);

        Assert.Single(cache.Relays());
        Assert.Equal(1, Warnings);
    }

    [Fact]
    public async Task NoPath_KeepsEverythingInMemory()
    {
        using var relay = new TestRelay(_time);
        using var cache = await OpenAsync(new RelayCacheOptions());

        cache.Remember(relay.Sign(), relay.Record);
        await cache.SaveAsync(Token);

        Assert.Single(cache.Relays());
        Assert.Empty(_directory.GetFileSystemInfos());
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task<RelayCache> OpenAsync(RelayCacheOptions? options = null)
    {
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(new FakeLoggerProvider(_logs)));
        return await RelayCache.OpenAsync(options ?? new RelayCacheOptions { Path = FilePath }, _time, loggers, Token);
    }
}
