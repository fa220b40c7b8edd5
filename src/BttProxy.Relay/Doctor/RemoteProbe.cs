using System.Net.Security;

namespace BttProxy.Relay.Doctor;

/// <summary>Asks a relay's ports from outside, as a load balancer does: no files of it are needed.</summary>
internal static class RemoteProbe
{
    // Of an answer only its beginning is shown.
    private const int MaxShown = 80;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<RemoteAnswer>> AskAsync(IReadOnlyList<Uri> addresses, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,

            // The certificate is the relay's own. Whether it is the record's is known to doctor and to clients; here only an answer is asked for.
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null },
        };
        using var http = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = 16 << 20 };
        return await Task.WhenAll(addresses.Select(address => AskAsync(http, address, cancellationToken)));
    }

    private static async Task<RemoteAnswer> AskAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(address, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return new RemoteAnswer(address, response.IsSuccessStatusCode, (int)response.StatusCode, FirstLine(body));
        }
        catch (HttpRequestException e)
        {
            return new RemoteAnswer(address, false, null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new RemoteAnswer(address, false, null, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static string FirstLine(string body)
    {
        var line = body.AsSpan().TrimStart();
        line = line[..(line.IndexOfAny('\r', '\n') is >= 0 and var end ? end : line.Length)];
        return new string([.. line[..Math.Min(line.Length, MaxShown)].ToArray().Where(static c => !char.IsControl(c))]);
    }
}
