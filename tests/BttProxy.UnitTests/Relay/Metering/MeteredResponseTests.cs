using System.Text;
using BttProxy.Relay.Metering;
using BttProxy.Relay.Observability;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Metering;

public sealed class MeteredResponseTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryStream _wire = new();
    private readonly RecordingReset _reset = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<RelayMetrics>().BuildServiceProvider();
    private readonly DefaultHttpContext _http = new();

    public MeteredResponseTests()
    {
        _http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_wire));
        _http.Features.Set<IHttpResetFeature>(_reset);
        _http.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _services.Dispose();
        _wire.Dispose();
    }

    [Fact]
    public async Task WithinCredit_StreamWriterAndFileAreAllCounted()
    {
        var gate = new CreditGate(1000);
        var response = Attach(gate);
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "0123456789", Token);

        await _http.Response.Body.WriteAsync(new byte[5], Token);
        await _http.Response.BodyWriter.WriteAsync(Encoding.ASCII.GetBytes("abcdefg"), Token);
        await _http.Response.SendFileAsync(path, 2, 3, Token);
        File.Delete(path);

        Assert.Equal(15, response.Written);
        Assert.Equal(15, gate.Taken);
        Assert.Equal("abcdefg234", Encoding.ASCII.GetString(_wire.ToArray().AsSpan(5)));
    }

    [Fact]
    public async Task ZeroByteWrite_PassesWithoutCredit()
    {
        var response = Attach(new CreditGate(0));

        await _http.Response.Body.WriteAsync(ReadOnlyMemory<byte>.Empty, Token);
        await _http.Response.Body.FlushAsync(Token);

        Assert.Equal(0, response.Written);
    }

    [Fact]
    public async Task WriteAboveCredit_IsSplitAndWaitsForThePayment()
    {
        var gate = new CreditGate(10);
        Attach(gate);

        var write = _http.Response.Body.WriteAsync(new byte[25], Token).AsTask();
        Assert.Equal(10, _wire.Length);
        gate.SetLimit(20);
        await WaitUntilAsync(() => _wire.Length == 20);
        gate.SetLimit(30);
        await write;

        Assert.Equal(25, _wire.Length);
    }

    [Fact]
    public async Task NoPayment_ResponseIsCutAndNotReset()
    {
        var response = Attach(new CreditGate(10));
        var write = _http.Response.Body.WriteAsync(new byte[25], Token).AsTask();

        _time.Advance(TimeSpan.FromSeconds(15));
        await Assert.ThrowsAsync<CreditExhaustedException>(() => write);
        _http.Features.Get<IHttpResetFeature>()!.Reset(2);
        _http.Abort();

        Assert.True(response.WasCut);
        Assert.False(response.WasAborted);
        Assert.Null(_reset.ErrorCode);
        Assert.Equal(10, response.Written);
    }

    [Fact]
    public void Reset_WithoutCut_ReachesTheServer()
    {
        var response = Attach(new CreditGate(10));

        _http.Features.Get<IHttpResetFeature>()!.Reset(8);

        Assert.Equal(8, _reset.ErrorCode);
        Assert.True(response.WasAborted);
    }

    [Fact]
    public void FastPath_AllocatesNothing()
    {
        var gate = new CreditGate(long.MaxValue);
        _http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        Attach(gate);
        var body = _http.Response.Body;
        var buffer = new byte[1024];
        Write(body, buffer, 1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Write(body, buffer, 1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task ResponseWithAPace_WaitsForItsTurn()
    {
        var response = Attach(new CreditGate(1 << 20));
        response.Pace = new Pace(new RateBucket(20_000, _time), new RateBucket(1 << 30, _time), _time);

        var write = response.Stream.WriteAsync(new byte[6_000], Token).AsTask();
        Assert.False(write.IsCompleted);
        Assert.Equal(4_096, response.Written);
        _time.Advance(TimeSpan.FromSeconds(1));
        await write;

        Assert.Equal(6_000, response.Written);
    }

    [Fact]
    public void StoppedResponse_EndsItsRequestAndIsNotReset()
    {
        var reset = new RecordingReset();
        _http.Features.Set<IHttpResetFeature>(reset);
        var response = Attach(new CreditGate(100));

        response.Stop();

        Assert.True(_http.RequestAborted.IsCancellationRequested);
        _http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(8);
        _http.Abort();
        Assert.Null(reset.ErrorCode);
        Assert.True(response.WasStopped);
        Assert.False(response.WasAborted);
    }

    private static void Write(Stream body, byte[] buffer, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var write = body.WriteAsync(buffer.AsMemory(), CancellationToken.None);
            Assert.True(write.IsCompletedSuccessfully);
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, Token);
        }
    }

    private MeteredResponse Attach(CreditGate gate) => MeteredResponse.Attach(
        _http.Features, gate, default, new MeteringContext(TimeSpan.FromSeconds(15), _time, _services.GetRequiredService<RelayMetrics>()));

    private sealed class RecordingReset : IHttpResetFeature
    {
        public int? ErrorCode { get; private set; }

        public void Reset(int errorCode) => ErrorCode = errorCode;
    }
}
