using System.IO.Pipelines;
using BttProxy.BitTorrent.Transport.Encryption;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Encryption;

public sealed class NegotiatedStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_ArriveBehindThoseOfTheHandshake(bool isEncrypted)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await using var writer = new NegotiatedStream(pipe.Writer.AsStream(), reading: null, isEncrypted ? new Rc4("key"u8) : null, first: default);
        var content = new byte[200_000];
        new Random(5).NextBytes(content);
        await writer.WriteAsync(content.AsMemory(0, 150_000), Cancel);
        await writer.WriteAsync(content.AsMemory(150_000, 7), Cancel);
        await writer.WriteAsync(content.AsMemory(150_007), Cancel);
        await writer.DisposeAsync();

        await using var reader = new NegotiatedStream(pipe.Reader.AsStream(), isEncrypted ? new Rc4("key"u8) : null, writing: null, "first "u8.ToArray());
        using var all = new MemoryStream();
        await reader.CopyToAsync(all, 3, Cancel);
        Assert.Equal([.. "first "u8, .. content], all.ToArray());
    }

    [Fact]
    public async Task GivenBytes_AreNotChangedByEncryption()
    {
        using var memory = new MemoryStream();
        await using var writer = new NegotiatedStream(memory, reading: null, new Rc4("key"u8), first: default);
        var content = new byte[100_000];
        await writer.WriteAsync(content, Cancel);
        Assert.DoesNotContain(content, value => value != 0);
        Assert.Contains(memory.ToArray(), value => value != 0);
    }
}
