using System.Security.Cryptography;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Backup;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class DirectoryTargetTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bttproxy-backup-").FullName;
    private readonly BackupKeys _keys = Keys("relay");
    private readonly BackupKeys _otherKeys = Keys("another relay");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _keys.Dispose();
        _otherKeys.Dispose();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public async Task Written_IsReadByAnotherProcess()
    {
        var page = Page(3, Entry(1, 5), Entry(2, 6));
        Assert.True(await (await ReadTargetAsync()).TryWriteAsync(page, Token));

        var read = await Target().ReadAsync(Token);

        Assert.Equal((3, 2), (Assert.Single(read.Pages).Number, read.Pages[0].Entries.Length));
        Assert.Equal(page.Entries, read.Pages[0].Entries);
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task MissingDirectory_IsNotMade()
    {
        Directory.Delete(_directory);

        var problem = await Assert.ThrowsAsync<BackupException>(() => Target().ReadAsync(Token));

        Assert.Contains(_directory, problem.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory));
    }

    [Fact]
    public async Task AnotherRelaysFiles_AreNotTouched()
    {
        await (await ReadTargetAsync()).TryWriteAsync(Page(0, Entry(1, 5)), Token);

        Assert.Empty((await new DirectoryTarget(_directory, _otherKeys, TimeProvider.System).ReadAsync(Token)).Pages);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(995)]
    [InlineData(996)]
    [InlineData(1_000_000)]
    public async Task DamagedFile_IsSaidAndLeftAsItIs(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        await File.WriteAllBytesAsync(PathOf("0000"), content, Token);
        var target = Target();

        Assert.Equal([0], (await target.ReadAsync(Token)).Unreadable);
        Assert.False(await target.TryWriteAsync(Page(0, Entry(1, 5)), Token));
        Assert.Equal(content, await File.ReadAllBytesAsync(PathOf("0000"), Token));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Theory]
    [InlineData("2000")]
    [InlineData("00000")]
    [InlineData("-001")]
    [InlineData("1")]
    [InlineData("x")]
    public async Task OddlyNamedFile_IsNoPage(string number)
    {
        await File.WriteAllTextAsync(PathOf(number), "text", Token);

        var read = await Target().ReadAsync(Token);

        Assert.Empty(read.Unreadable);
        Assert.Empty(read.Pages);
    }

    [Fact]
    public async Task ChangedSinceItWasRead_IsNotOverwritten()
    {
        var (one, other) = (await ReadTargetAsync(), await ReadTargetAsync());

        Assert.True(await one.TryWriteAsync(Page(0, Entry(1, 9)), Token));
        Assert.False(await other.TryWriteAsync(Page(0, Entry(1, 5)), Token));
        Assert.Equal([Entry(1, 9)], (await other.ReadAsync(Token)).Pages[0].Entries);
        Assert.True(await other.TryWriteAsync(Page(0, Entry(1, 10)), Token));
    }

    [Fact]
    public async Task DirectoryOfAPagesName_IsNoPage()
    {
        Directory.CreateDirectory(PathOf("0000"));

        Assert.Empty((await Target().ReadAsync(Token)).Pages);
    }

    private static BackupKeys Keys(string name)
    {
        using var key = Secp256k1Key.FromBytes(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name)));
        return BackupKeys.Derive(key, Domain);
    }

    private DirectoryTarget Target() => new(_directory, _keys, new FakeTimeProvider());

    private async Task<DirectoryTarget> ReadTargetAsync()
    {
        var target = Target();
        await target.ReadAsync(Token);
        return target;
    }

    private string PathOf(string number) => Path.Join(_directory, $"{_keys.FileName}-{number}.vouchers");
}
