using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Hosting;

public sealed class WatchedLoopTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestLoop _loop;
    private readonly RelayHealth _health;

    public WatchedLoopTests()
    {
        _loop = new TestLoop(_time);
        _health = new RelayHealth(() => [_loop], () => null);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LoopThatComesRound_IsWell()
    {
        await _loop.StartAsync(Token);
        for (var round = 0; round < 10; round++)
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            Assert.Null(_health.Dead);
            _loop.ComeRound();
        }
    }

    [Fact]
    public async Task LoopThatHangs_IsNamed()
    {
        await _loop.StartAsync(Token);
        _time.Advance(TimeSpan.FromMinutes(6.5));

        Assert.Equal("Settlement hangs for 390 s", _health.Dead);
        Assert.Equal(_health.Dead, _health.Unready);
    }

    [Fact]
    public async Task LoopThatRestsForLong_DoesNotHang()
    {
        await _loop.StartAsync(Token);
        _loop.Rest(TimeSpan.FromHours(6));
        _time.Advance(TimeSpan.FromHours(6));

        Assert.Null(_health.Dead);
    }

    [Fact]
    public async Task LoopThatEnded_IsNamedWithTheReason()
    {
        await _loop.StartAsync(Token);
        _loop.Fail("no such table");
        await Assert.ThrowsAsync<InvalidOperationException>(() => _loop.ExecuteTask!.WaitAsync(Token));

        Assert.Equal("Settlement has ended: no such table", _health.Dead);
    }

    [Fact]
    public async Task LoopThatIsStopped_IsNoTrouble()
    {
        await _loop.StartAsync(Token);
        await _loop.StopAsync(Token);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Null(_health.Dead);
    }

    public void Dispose() => _loop.Dispose();

    private sealed class TestLoop(TimeProvider time) : WatchedLoop(RelayLoop.Settlement, TimeSpan.FromMinutes(1), time)
    {
        private readonly TaskCompletionSource _end = new();

        public void ComeRound() => Turn();

        public void Rest(TimeSpan rest) => Turn(rest);

        public void Fail(string reason) => _end.SetException(new InvalidOperationException(reason));

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => _end.Task.WaitAsync(stoppingToken);
    }
}
