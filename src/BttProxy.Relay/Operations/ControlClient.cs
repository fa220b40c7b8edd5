using System.Net.Sockets;
using System.Text.Json;
using BttProxy.Relay.Cli;

namespace BttProxy.Relay.Operations;

/// <summary>Asks a running relay through its control socket.</summary>
internal sealed class ControlClient : IRelayOperations, IDisposable
{
    // Ten thousand channels are some eight megabytes.
    private const int MaxAnswerBytes = 64 * 1024 * 1024;

    // A claim of a thousand channels is simulated and sent within it.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;

    private ControlClient(string path) => _http = new HttpClient(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        ConnectCallback = async (_, cancellationToken) => new NetworkStream(await ConnectAsync(path, cancellationToken), ownsSocket: true),
    })
    {
        BaseAddress = new Uri("http://control.invalid"),
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>Null when nobody listens there.</summary>
    /// <exception cref="OperationException">The socket is another user's.</exception>
    public static async Task<ControlClient?> TryOpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var trial = await ConnectAsync(path, cancellationToken);
            return new ControlClient(path);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new OperationException($"The relay's socket '{path}' belongs to another user: run the command as that user.", RelayExitCode.CannotRun, e);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public Task<StatusReport> StatusAsync(StatusQuery query, CancellationToken cancellationToken) =>
        AskAsync<StatusQuery, StatusReport>(ControlPaths.Status, query, cancellationToken);

    public Task<SessionsReport> SessionsAsync(SessionsQuery query, CancellationToken cancellationToken) =>
        AskAsync<SessionsQuery, SessionsReport>(ControlPaths.Sessions, query, cancellationToken);

    public Task<TorrentsReport> TorrentsAsync(TorrentsQuery query, CancellationToken cancellationToken) =>
        AskAsync<TorrentsQuery, TorrentsReport>(ControlPaths.Torrents, query, cancellationToken);

    public Task<EarningsReport> EarningsAsync(EarningsQuery query, CancellationToken cancellationToken) =>
        AskAsync<EarningsQuery, EarningsReport>(ControlPaths.Earnings, query, cancellationToken);

    public Task<ChannelsReport> ChannelsAsync(ChannelsQuery query, CancellationToken cancellationToken) =>
        AskAsync<ChannelsQuery, ChannelsReport>(ControlPaths.Channels, query, cancellationToken);

    public Task<ClaimPreview> PreviewClaimAsync(ClaimOrder order, CancellationToken cancellationToken) =>
        AskAsync<ClaimOrder, ClaimPreview>(ControlPaths.Preview, order, cancellationToken);

    public Task<ClaimProgress> ClaimAsync(ClaimOrder order, CancellationToken cancellationToken) =>
        AskAsync<ClaimOrder, ClaimProgress>(ControlPaths.Claim, order, cancellationToken);

    public Task<ClaimProgress> FollowClaimsAsync(ClaimFollowUp followUp, CancellationToken cancellationToken) =>
        AskAsync<ClaimFollowUp, ClaimProgress>(ControlPaths.Follow, followUp, cancellationToken);

    public Task<SaleEnd> CloseAsync(CloseOrder order, CancellationToken cancellationToken) =>
        AskAsync<CloseOrder, SaleEnd>(ControlPaths.Close, order, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<TAnswer> AskAsync<TRequest, TAnswer>(string path, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        try
        {
            using var response = await _http.PostAsJsonAsync(path, request, OperationsJson.Format, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync<TAnswer>(OperationsJson.Format, cancellationToken) ?? throw new JsonException();
            }

            var problem = await response.Content.ReadFromJsonAsync<ControlProblem>(OperationsJson.Format, cancellationToken);
            throw problem is null ? new JsonException() : new OperationException(problem.Message, problem.ExitCode);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new OperationException("The running relay answers something else: use the program of the same version.", RelayExitCode.CannotRun, e);
        }
        catch (HttpRequestException e)
        {
            throw new OperationException("The relay has just stopped: run the command again.", RelayExitCode.CannotRun, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OperationException("The running relay does not answer: look into its log.", RelayExitCode.CannotRun, e);
        }
    }

    private static async Task<Socket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
