using System.IO.Pipelines;
using BttProxy.BitTorrent;
using Microsoft.AspNetCore.Http.Features;

namespace BttProxy.Relay.Metering;

/// <summary>
/// Takes the place of a response's body, reset and lifetime features. Every way to write a body (Stream, Writer, SendFileAsync) goes through
/// one metered stream. When the session runs out of credit the copy is stopped by <see cref="CreditExhaustedException"/>; the forwarder then
/// wants to reset the stream, which would throw away bytes that are already counted, so after a cut resets are ignored and the response
/// ends cleanly. A response that the policy ends has its request cancelled, and ends the same way.
/// </summary>
internal sealed class MeteredResponse : IHttpResponseBodyFeature, IHttpResetFeature, IHttpRequestLifetimeFeature
{
    private readonly IHttpResponseBodyFeature _body;
    private readonly IHttpResetFeature? _reset;
    private readonly IHttpRequestLifetimeFeature _lifetime;
    private readonly CreditGate _gate;
    private readonly MeteringContext _context;
    private readonly Lock _stopping = new();
    private readonly CancellationTokenSource _stop;
    private volatile Pace? _pace;
    private PipeWriter? _writer;
    private bool _detached;
    private long _written;
    private bool _aborted;

    private MeteredResponse(IFeatureCollection features, CreditGate gate, InfoHash infoHash, MeteringContext context)
    {
        _body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _reset = features.Get<IHttpResetFeature>();
        _lifetime = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _gate = gate;
        _context = context;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_lifetime.RequestAborted);
        InfoHash = infoHash;
        Stream = new MeteredStream(_body.Stream, this);
    }

    /// <summary>Puts a metered response in front of the server's own features.</summary>
    public static MeteredResponse Attach(IFeatureCollection features, CreditGate gate, InfoHash infoHash, MeteringContext context)
    {
        var response = new MeteredResponse(features, gate, infoHash, context);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IHttpRequestLifetimeFeature>(response);
        if (response._reset is not null)
        {
            features.Set<IHttpResetFeature>(response);
        }

        return response;
    }

    /// <summary>Puts the server's own features back: what is written from now on is free.</summary>
    public void Detach(IFeatureCollection features)
    {
        features.Set(_body);
        features.Set(_lifetime);
        if (_reset is not null)
        {
            features.Set(_reset);
        }

        lock (_stopping)
        {
            _detached = true;
            _stop.Dispose();
        }
    }

    /// <summary>Ends the response as if it were complete: the relay gives no more of it, and what is counted arrives.</summary>
    public void Stop()
    {
        lock (_stopping)
        {
            if (!_detached)
            {
                WasStopped = true;
                _stop.Cancel();
            }
        }
    }

    public InfoHash InfoHash { get; }

    /// <summary>Rates to keep to; null for none.</summary>
    public Pace? Pace
    {
        get => _pace;
        set => _pace = value;
    }

    /// <summary>Bytes of this response that the connection accepted.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>The session found no credit in time.</summary>
    public bool WasCut { get; private set; }

    /// <summary>How long it waited for payments.</summary>
    public TimeSpan CreditWait { get; private set; }

    /// <summary>The policy allows no more of it.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>The client, the connection or a failure behind us ended the response early.</summary>
    public bool WasAborted => _aborted || _lifetime.RequestAborted.IsCancellationRequested;

    public Stream Stream { get; }

    public PipeWriter Writer => _writer ??= PipeWriter.Create(Stream, new StreamPipeWriterOptions(leaveOpen: true));

    public CancellationToken RequestAborted
    {
        get => _stop.Token;
        set => _lifetime.RequestAborted = value;
    }

    public bool TryTake(int count)
    {
        if (_pace is not null || !_gate.TryTake(count))
        {
            return false;
        }

        _written += count;
        return true;
    }

    /// <summary>Waits for credit; throws <see cref="CreditExhaustedException"/> when none came.</summary>
    public async ValueTask<int> TakeAsync(int wanted, Stream inner, CancellationToken cancellationToken)
    {
        if (_pace is { } pace)
        {
            // What waits here would come late for no reason.
            await inner.FlushAsync(cancellationToken);
            wanted = await pace.WaitAsync(wanted, cancellationToken);
        }

        var granted = _gate.TakeUpTo(wanted);
        if (granted == 0)
        {
            // What is written so far must be on its way: the client pays for what it received, and only then is there credit.
            await inner.FlushAsync(cancellationToken);
            var start = _context.Time.GetTimestamp();
            granted = await _gate.TakeAsync(wanted, _context.CreditWait, _context.Time, cancellationToken);
            var elapsed = _context.Time.GetElapsedTime(start);
            CreditWait += elapsed;
            _context.Metrics.CreditWaited(elapsed, paid: granted > 0);
        }

        if (granted == 0)
        {
            WasCut = true;
            throw new CreditExhaustedException();
        }

        _written += granted;
        return granted;
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => _body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public async Task CompleteAsync()
    {
        if (_writer is not null)
        {
            await _writer.CompleteAsync();
        }

        await _body.CompleteAsync();
    }

    public void DisableBuffering() => _body.DisableBuffering();

    public void Reset(int errorCode)
    {
        if (!WasCut && !WasStopped)
        {
            _aborted = true;
            _reset?.Reset(errorCode);
        }
    }

    public void Abort()
    {
        if (!WasCut && !WasStopped)
        {
            _aborted = true;
            _lifetime.Abort();
        }
    }
}
