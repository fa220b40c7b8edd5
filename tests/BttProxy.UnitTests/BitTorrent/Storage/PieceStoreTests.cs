using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.UnitTests.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Storage;

public sealed class PieceStoreTests : IDisposable
{
    private const int PieceLength = 16 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content;
    private readonly TorrentInfo _info;

    public PieceStoreTests()
    {
        _content = new byte[(5 * PieceLength) + 777];
        new Random(7).NextBytes(_content);
        _content.AsSpan(30_000, 2768).Clear();
        _info = new TorrentInfoBuilder { Content = _content }
            .AddFile("a", 30_000).AddFile(".pad/0", 2768, "p").AddFile("none", 0).AddFile("sub/b", _content.Length - 32_768).Parse();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ByName_WritesTheRealTreeWithoutPadding()
    {
        await using (var store = await OpenAsync(StorageLayout.ByName))
        {
            await WriteAllAsync(store);
            Assert.True(store.Have.IsComplete);
            Assert.Equal(_content, await ReadAllAsync(store));
        }
        Assert.Equal(_content[..30_000], await File.ReadAllBytesAsync(_folder["content/a"], Cancel));
        Assert.Equal(_content[32_768..], await File.ReadAllBytesAsync(_folder["content/sub/b"], Cancel));
        Assert.Empty(await File.ReadAllBytesAsync(_folder["content/none"], Cancel));
        Assert.False(Directory.Exists(_folder["content/.pad"]));
    }

    [Fact]
    public async Task ByIndex_UsesNoNameOfTheTorrent()
    {
        await using (var store = await OpenAsync(StorageLayout.ByIndex))
        {
            await WriteAllAsync(store);
            Assert.Equal(_content, await ReadAllAsync(store));
        }
        var names = Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.Equal([_info.InfoHash.ToString(), "0", "have"], names.Order(StringComparer.Ordinal).OrderByDescending(n => n!.Length > 4));
    }

    [Fact]
    public async Task Read_StopsAtTheFirstPieceThatIsMissing()
    {
        await using var store = await OpenAsync(StorageLayout.ByName);
        await WriteAsync(store, 0);
        await WriteAsync(store, 1);
        await WriteAsync(store, 3);
        var buffer = new byte[_content.Length];

        Assert.Equal((2 * PieceLength) - 100, await store.ReadAsync(100, buffer, Cancel));
        Assert.Equal(0, await store.ReadAsync(2 * PieceLength, buffer, Cancel));
        Assert.Equal(PieceLength - 1, await store.ReadAsync((3 * PieceLength) + 1, buffer, Cancel));
        Assert.Equal(0, await store.ReadAsync(_content.Length, buffer, Cancel));
    }

    [Theory]
    [InlineData(StorageLayout.ByName)]
    [InlineData(StorageLayout.ByIndex)]
    public async Task Restart_KeepsThePieces(StorageLayout layout)
    {
        await using (var store = await OpenAsync(layout))
        {
            await WriteAsync(store, 1);
            await WriteAsync(store, 5);
        }
        await using var again = await OpenAsync(layout);
        Assert.Equal([1, 5], Pieces(again));
    }

    [Fact]
    public async Task KilledProcess_KeepsThePieces()
    {
        await using (var store = await OpenAsync(StorageLayout.ByName))
        {
            await WriteAsync(store, 2);
        }
        await using (var state = File.OpenWrite(_folder[$".bttproxy/{_info.InfoHash}.have"]))
        {
            state.Position = PieceStateFile.CleanOffset;
            state.WriteByte(0);
        }
        await using var again = await OpenAsync(StorageLayout.ByName);
        Assert.Equal([2], Pieces(again));
    }

    [Fact]
    public async Task TruncatedFile_LosesOnlyItsLastPieces()
    {
        await using (var store = await OpenAsync(StorageLayout.ByName))
        {
            await WriteAllAsync(store);
        }
        await using (var file = File.OpenWrite(_folder["content/sub/b"]))
        {
            file.SetLength(PieceLength + 5);
        }
        await using var again = await OpenAsync(StorageLayout.ByName);
        Assert.Equal([0, 1, 2], Pieces(again));
    }

    [Fact]
    public async Task FileChangedByAnother_IsHashedAgain()
    {
        await using (var store = await OpenAsync(StorageLayout.ByName))
        {
            await WriteAllAsync(store);
        }
        await using (var file = File.OpenWrite(_folder["content/sub/b"]))
        {
            file.Position = PieceLength + 3;
            file.WriteByte((byte)~_content[(3 * PieceLength) + 3]);
        }
        File.SetLastWriteTimeUtc(_folder["content/sub/b"], File.GetLastWriteTimeUtc(_folder["content/sub/b"]).AddSeconds(1));
        await using var again = await OpenAsync(StorageLayout.ByName);
        Assert.Equal([0, 1, 2, 4, 5], Pieces(again));
    }

    [Fact]
    public async Task StateLostOrDamaged_IsRebuiltFromTheContent()
    {
        await using (var store = await OpenAsync(StorageLayout.ByName))
        {
            await WriteAllAsync(store);
        }
        await File.WriteAllBytesAsync(_folder[$".bttproxy/{_info.InfoHash}.have"], [1, 2, 3], Cancel);
        await using var again = await OpenAsync(StorageLayout.ByName);
        Assert.True(again.Have.IsComplete);
    }

    [Fact]
    public async Task FileTruncatedDuringUse_FailsTheReadAndForgetsThePiece()
    {
        await using var store = await OpenAsync(StorageLayout.ByName);
        await WriteAllAsync(store);
        await using (var file = new FileStream(_folder["content/a"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(10);
        }
        await Assert.ThrowsAsync<TorrentStorageException>(async () => await store.ReadAsync(0, new byte[100], Cancel));
        Assert.False(store.HasPiece(0));
        Assert.True(store.HasPiece(2));
    }

    [Fact]
    public async Task FullDisk_IsToldInOneLineAndThePieceIsNotThere()
    {
        var isFull = true;
        await using var store = await PieceStore.OpenAsync(
            _info,
            new PieceStoreOptions { Directory = _folder.Path },
            (handle, data, position, cancel) => isFull
                ? throw new IOException("No space left on device", 28)
                : RandomAccess.WriteAsync(handle, data, position, cancel),
            Cancel);

        var exception = await Assert.ThrowsAsync<TorrentStorageException>(async () => await WriteAsync(store, 0));
        Assert.True(exception.IsDiskFull);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.False(store.HasPiece(0));

        isFull = false;
        await WriteAsync(store, 0);
        Assert.True(store.HasPiece(0));
    }

    [Fact]
    public async Task SymbolicLinkInTheWay_IsNotFollowed()
    {
        var outside = _folder["outside"];
        Directory.CreateDirectory(outside);
        Directory.CreateDirectory(_folder["target/content"]);
        File.CreateSymbolicLink(_folder["target/content/a"], Path.Join(outside, "a"));
        Directory.CreateSymbolicLink(_folder["target/content/sub"], outside);
        await using var store = await PieceStore.OpenAsync(_info, new PieceStoreOptions { Directory = _folder["target"] }, Cancel);

        await Assert.ThrowsAsync<TorrentStorageException>(async () => await WriteAsync(store, 0));
        await Assert.ThrowsAsync<TorrentStorageException>(async () => await WriteAsync(store, 3));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task SecondOwner_IsRefused()
    {
        await using var store = await OpenAsync(StorageLayout.ByName);
        await Assert.ThrowsAsync<TorrentStorageException>(() => OpenAsync(StorageLayout.ByName));
    }

    [Fact]
    public async Task ExistingContent_IsBelievedAfterVerification()
    {
        await using (var store = await OpenAsync(StorageLayout.ByName))
        {
            await WriteAllAsync(store);
        }
        Directory.Move(_folder["content"], _folder["renamed"]);
        await using var seed = await PieceStore.OpenAsync(
            _info, new PieceStoreOptions { Directory = _folder.Path, ContentPath = _folder["renamed"] }, Cancel);
        Assert.Equal(0, seed.Have.Count);
        await seed.VerifyExistingAsync(progress: null, Cancel);
        Assert.True(seed.Have.IsComplete);
        Assert.Equal(_content, await ReadAllAsync(seed));
    }

    [Fact]
    public async Task MoreFilesThanMayBeOpen_AreAllWritten()
    {
        var builder = new TorrentInfoBuilder { Content = _content };
        for (var i = 0; i < 200; i++)
        {
            builder.AddFile($"f{i}", i == 199 ? _content.Length - (199 * 400) : 400);
        }
        var info = builder.Parse();
        await using var store = await PieceStore.OpenAsync(info, new PieceStoreOptions { Directory = _folder.Path }, Cancel);
        await WriteAllAsync(store);
        Assert.Equal(_content, await ReadAllAsync(store));
    }

    private Task<PieceStore> OpenAsync(StorageLayout layout) =>
        PieceStore.OpenAsync(_info, new PieceStoreOptions { Directory = _folder.Path, Layout = layout }, Cancel);

    private async Task WriteAllAsync(PieceStore store)
    {
        for (var i = 0; i < store.Info.PieceCount; i++)
        {
            await WriteAsync(store, i);
        }
    }

    private ValueTask WriteAsync(PieceStore store, int index) =>
        store.WritePieceAsync(index, _content.AsMemory(index * PieceLength, store.Info.PieceSize(index)), Cancel);

    private async Task<byte[]> ReadAllAsync(PieceStore store)
    {
        var buffer = new byte[_content.Length];
        Assert.Equal(buffer.Length, await store.ReadAsync(0, buffer, Cancel));
        return buffer;
    }

    private static IEnumerable<int> Pieces(PieceStore store) =>
        Enumerable.Range(0, store.Info.PieceCount).Where(store.HasPiece);
}
