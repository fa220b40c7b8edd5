using BttProxy.BitTorrent.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Storage;

public sealed class DiskFloorTests : IDisposable
{
    private const long Least = 1000;
    private const long Margin = 100;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeLogger _log = new();
    private readonly DiskFloor _floor;
    private long? _free = 5000;

    public DiskFloorTests() => _floor = new DiskFloor(_folder["content"], Least, Margin, Ask, _log);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1000, 0, true)]
    [InlineData(999, 0, false)]
    [InlineData(1500, 500, true)]
    [InlineData(1500, 501, false)]
    public void WhatIsAboutToBeWritten_CountsAsWritten(long free, long bytes, bool fits)
    {
        _free = free;
        Assert.Equal(fits, _floor.HasRoomFor(bytes));
        Assert.Equal(fits, _floor.Failure is null);
    }

    [Fact]
    public void OnceStopped_ItTakesTheMarginToGoOn()
    {
        _free = Least - 1;
        Assert.False(_floor.HasRoomFor(0));
        _free = Least + Margin - 1;
        Assert.False(_floor.HasRoomFor(0));
        _free = Least + Margin;
        Assert.True(_floor.HasRoomFor(0));
    }

    [Fact]
    public void Operator_IsToldOnceWhatToDoAndOnceThatItIsOver()
    {
        _free = 10;
        _floor.HasRoomFor(0);
        _floor.HasRoomFor(0);
        _free = 5000;
        _floor.HasRoomFor(0);
        _floor.HasRoomFor(0);

        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Collector.GetSnapshot().Select(record => record.Level));
        var told = _log.Collector.GetSnapshot()[0].Message;
        Assert.Equal(
            $"Only 10 bytes are free at {_folder["content"]}, and 1000 must stay free: nothing more is fetched until there is space. "
            + "Delete something on that volume, or lower the limit (MinFreeBytes).",
            told);
    }

    [Fact]
    public void VolumeThatDoesNotTell_ChangesNothing()
    {
        _free = null;
        Assert.True(_floor.HasRoomFor(0));
        _free = 1;
        Assert.False(_floor.HasRoomFor(0));
        _free = null;
        Assert.False(_floor.HasRoomFor(0));
    }

    [Fact]
    public void Start_CreatesTheDirectoryAndLooks()
    {
        _free = 1;
        _floor.Start();
        Assert.True(Directory.Exists(_folder["content"]));
        Assert.True(_floor.Failure is { IsDiskFull: true });
    }

    [Fact]
    public void WithoutFloor_NobodyAsks()
    {
        var floor = new DiskFloor(_folder["none"], 0, Margin, _ => throw new InvalidOperationException("asked"), _log);
        floor.Start();
        Assert.True(floor.HasRoomFor(long.MaxValue));
        Assert.False(Directory.Exists(_folder["none"]));
    }

    private long Ask(string directory) => _free ?? throw new DriveNotFoundException(directory);
}
