using BttProxy.Tron.Node.Wire;
using Grpc.Core;
using Grpc.Net.Client;

namespace BttProxy.Tron.Node;

/// <summary>Asks one node. Every failure is a <see cref="ChainException"/>.</summary>
internal sealed class TronEndpointClient : IDisposable
{
    private const string ApiKeyHeader = "TRON-PRO-API-KEY";

    // A block of transactions with their logs.
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private readonly TronEndpoint _endpoint;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _timeProvider;
    private readonly RequestPace _pace;
    private readonly GrpcChannel? _full;
    private readonly GrpcChannel? _solidity;
    private readonly Metadata _headers = [];

    public TronEndpointClient(TronEndpoint endpoint, TronNodeOptions options, TimeProvider timeProvider)
    {
        _endpoint = endpoint;
        _timeout = options.Timeout;
        _timeProvider = timeProvider;
        _pace = new RequestPace(options.RequestsPerSecond, timeProvider);
        if (options.Connect is { } connect)
        {
            Full = new Wallet.WalletClient(connect(endpoint.FullNode));
            Solidity = new WalletSolidity.WalletSolidityClient(connect(endpoint.SolidityNode));
        }
        else
        {
            _full = Connect(endpoint.FullNode);
            _solidity = Connect(endpoint.SolidityNode);
            Full = new Wallet.WalletClient(_full);
            Solidity = new WalletSolidity.WalletSolidityClient(_solidity);
        }

        if (endpoint.ApiKey is { } key)
        {
            _headers.Add(ApiKeyHeader, key);
        }
    }

    public Wallet.WalletClient Full { get; }

    public WalletSolidity.WalletSolidityClient Solidity { get; }

    public async Task<T> AskAsync<T>(Func<TronEndpointClient, CallOptions, AsyncUnaryCall<T>> request, CancellationToken cancellationToken)
    {
        if (!_pace.TryTake(_timeout, out var wait))
        {
            throw new ChainException($"The TRON node {_endpoint} is left alone for a while after it failed; try again later.", isTransient: true);
        }

        await Task.Delay(wait, _timeProvider, cancellationToken).ConfigureAwait(false);
        try
        {
            var options = new CallOptions(_headers, (_timeProvider.GetUtcNow() + _timeout).UtcDateTime, cancellationToken);
            using var call = request(this, options);
            var answer = await call.ResponseAsync.ConfigureAwait(false);
            _pace.Succeeded();
            return answer;
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException exception)
        {
            if (exception.StatusCode is not (StatusCode.Unimplemented or StatusCode.InvalidArgument or StatusCode.NotFound))
            {
                _pace.Failed();
            }

            throw Explain(exception);
        }
    }

    public void Dispose()
    {
        _full?.Dispose();
        _solidity?.Dispose();
    }

    private ChainException Explain(RpcException exception) => exception.StatusCode switch
    {
        StatusCode.Unimplemented => new ChainException($"The TRON node {_endpoint} does not offer this request.", isTransient: false, exception),
        StatusCode.InvalidArgument or StatusCode.NotFound =>
            new ChainException($"The TRON node {_endpoint} refused the request.", isTransient: false, exception),
        StatusCode.DeadlineExceeded => new ChainException($"The TRON node {_endpoint} did not answer in time.", isTransient: true, exception),
        // Too many requests show as 403, 429 or 503, or as an answer that is no gRPC at all (TronGrid).
        StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.ResourceExhausted => new ChainException(
            $"The TRON node {_endpoint} asks for fewer requests or an API key; it is asked again later.", isTransient: true, exception),
        _ => new ChainException($"The TRON node {_endpoint} cannot be used now ({exception.StatusCode}); it is asked again later.", isTransient: true, exception),
    };

    private static GrpcChannel Connect(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        // The address comes from the operator's own configuration, and the environment's proxies must not see it.
        HttpHandler = new SocketsHttpHandler
        {
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = MaxAnswerBytes,
    });
}
